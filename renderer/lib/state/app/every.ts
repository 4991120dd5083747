/** Calls `look` now and every `ms` while somebody can see the page, and once when it is seen again. Answers how to stop. */
export function everyWhileVisible(ms: number, look: () => void): () => void {
  const seen = (): boolean => document.visibilityState === 'visible';
  const timer = setInterval(() => seen() && look(), ms);
  const onChange = (): void => {
    if (seen()) look();
  };
  document.addEventListener('visibilitychange', onChange);
  look();
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', onChange);
  };
}
