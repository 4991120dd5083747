import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acceptPages, type ConnectEvent, type PagePort } from '#main/apps/electron/accept-pages.ts';
import type { MessagePortLike } from '#shared/contract/message-port.ts';
import { electronPort } from './electron-port.ts';

function door() {
  const served: MessagePortLike[] = [];
  const refused: string[] = [];
  const accept = acceptPages({
    isOwnWindow: (id) => id === 1,
    serve: (port) => served.push(port),
    refused: (why) => refused.push(why),
  });
  return { served, refused, accept };
}

function page(overrides: Partial<ConnectEvent> = {}) {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port2.close());
  const event: ConnectEvent = {
    sender: { id: 1 },
    senderFrame: { url: 'app://slipway/#/clusters', parent: null },
    ports: [electronPort(port1)],
    ...overrides,
  };
  return { event, port: port2 };
}

const closed = (port: MessagePort) => new Promise((resolve) => port.once('close', resolve));

describe('a page that offers a channel', () => {
  it('is served when it is the top frame of our own page in our own window', async () => {
    const { served, refused, accept } = door();
    const { event, port } = page();
    accept(event);
    const heard = new Promise((resolve) => served[0]?.onMessage(resolve));
    const answered = new Promise((resolve) => port.once('message', resolve));
    port.postMessage('hello');
    expect(await heard).toBe('hello');
    served[0]?.postMessage('welcome');
    expect(await answered).toBe('welcome');
    expect(refused).toEqual([]);
  });

  it.each([
    { why: 'its window is none of ours', overrides: { sender: { id: 2 } } },
    { why: 'its frame has gone', overrides: { senderFrame: null } },
    { why: 'it is a frame in a page', overrides: { senderFrame: { url: 'app://slipway/', parent: {} } } },
    { why: 'it is none of our pages', overrides: { senderFrame: { url: 'https://slipway/', parent: null } } },
    { why: 'it is none of our pages', overrides: { senderFrame: { url: 'app://slipway.evil/', parent: null } } },
    { why: 'it is none of our pages', overrides: { senderFrame: { url: 'about:blank', parent: null } } },
  ])('is refused when $why: $overrides', async ({ why, overrides }) => {
    const { served, refused, accept } = door();
    const { event, port } = page(overrides);
    accept(event);
    await closed(port);
    expect([served, refused]).toEqual([[], [`A page was refused: ${why}.`]]);
  });

  it('is refused when it sends no port, or several', async () => {
    const { served, refused, accept } = door();
    const [one, other] = [page(), page()];
    accept({ ...one.event, ports: [] });
    accept({ ...one.event, ports: [...one.event.ports, ...other.event.ports] });
    await Promise.all([closed(one.port), closed(other.port)]);
    expect([served, refused]).toEqual([[], Array(2).fill('A page was refused: it has not exactly one port.')]);
  });

  it('takes the place of the document before it, whose calls end', async () => {
    const { served, accept } = door();
    const [before, now] = [page(), page()];
    accept(before.event);
    const told = new Promise<void>((resolve) => served[0]?.onClose(resolve));
    accept(now.event);
    await Promise.all([told, closed(before.port)]);
    const heard = new Promise((resolve) => served[1]?.onMessage(resolve));
    now.port.postMessage('still here');
    expect(await heard).toBe('still here');
  });

  it('has its calls ended even where closing our own end of a channel is told to nobody', () => {
    const { served, accept } = door();
    const silent = (): PagePort => ({ postMessage() {}, on: () => undefined, start() {}, close() {} });
    accept({ ...page().event, ports: [silent()] });
    let told = false;
    served[0]?.onClose(() => (told = true));
    accept({ ...page().event, ports: [silent()] });
    expect(told).toBe(true);
  });

  it('ends its calls when it goes', async () => {
    const { served, accept } = door();
    const { event, port } = page();
    accept(event);
    const told = new Promise<void>((resolve) => served[0]?.onClose(resolve));
    port.close();
    await told;
  });
});
