/** Of `npm run package` and `npm run app`; docs/desktop.md has them, too. */
export const exitCodes = {
  /** It is built and tried, but Electron's program is not on this computer: nothing was packed or started. */
  noElectron: 4,
  /** The staged application lacks something or does not start. */
  notWhole: 5,
} as const;

/** What to do where Electron's program is not. Nothing is fetched unless somebody asks for it. */
export const noElectronHint =
  '  → Fetch it once, where the network reaches its host: npx install-electron\n' +
  '    Or name the folder of one that you have: ELECTRON_OVERRIDE_DIST_PATH';
