// The theme that this browser remembers, before anything is painted; `lib/state/theme.svelte.ts` goes on from there.
// A file of its own, because the content security policy allows no script within the page.
const theme = localStorage.getItem('slipway.theme');
if (['light', 'dark', 'contrast'].includes(theme)) document.documentElement.dataset.theme = theme;
