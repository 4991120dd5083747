/** Vite puts it into the page's one style sheet. */
declare module '*.css';
