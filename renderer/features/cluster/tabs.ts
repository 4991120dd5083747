/** The parts of a cluster's page, as its address names them. */
export const tabIds = ['overview', 'machines', 'certificates', 'runs', 'spec', 'remove'] as const;
