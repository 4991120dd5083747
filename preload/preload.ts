import { contextBridge, ipcRenderer } from 'electron';
import { bridgeName, connectChannel } from '#shared/contract/bridge.ts';
import { createBridge } from './bridge.ts';

// A channel of this document's own. The application looks at who sends its other end before it serves it.
const { port1, port2 } = new MessageChannel();
const bridge = createBridge({
  postMessage: (message) => port1.postMessage(message),
  onMessage: (listener) => {
    port1.onmessage = ({ data }) => listener(data);
  },
  onClose: (listener) => port1.addEventListener('close', listener),
  close: () => port1.close(),
});
ipcRenderer.postMessage(connectChannel, null, [port2]);
contextBridge.exposeInMainWorld(bridgeName, bridge);
