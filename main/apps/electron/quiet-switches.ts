/**
 * Chromium's own errands: it looks for updates of its components, reports, guesses and pings. The application asks
 * nobody for anything but what the person has named. (`chrome://flags` and content/public/common/content_switches.cc.)
 */
export const quietSwitches: readonly string[] = [
  'disable-background-networking',
  'disable-component-update',
  'disable-domain-reliability',
  'disable-breakpad',
  'no-pings',
];
