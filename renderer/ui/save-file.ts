/** Hands a text to the person as a file of that name. */
export function saveFile(name: string, text: string): void {
  download(name, new Blob([text], { type: 'text/plain' }));
}

/** The same with what is no text. */
export function saveBytes(name: string, bytes: Uint8Array<ArrayBuffer>, type: string): void {
  download(name, new Blob([bytes], { type }));
}

function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
