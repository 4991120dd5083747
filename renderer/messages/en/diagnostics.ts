/** The support bundle. */
export const diagnostics = {
  title: 'Diagnostics',
  text: 'A support bundle helps somebody else to see what happened. You see every file of it first; passwords, keys and tokens are taken out. Nothing is sent anywhere: you decide who gets the file.',
  include: 'What to include',
  allClusters: 'All clusters',
  previewWhat: 'what would be in the bundle',
  files: 'Files',
  fileFacts: (count: number, size: string) => (count === 1 ? `1 file, ${size}` : `${count} files, ${size}`),
  first: (size: string) => `The first ${size} are shown.`,
  leftOut: 'Left out',
  nothingLeftOut: 'Nothing was left out.',
  save: 'Save the bundle',
  saving: 'the bundle',
} as const;
