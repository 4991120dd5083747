/** Of the fields of one network of a node template, within it. */
export const networkPaths = [
  'network',
  'mtu',
  'addresses.ranges',
  'addresses.prefix',
  'addresses.gateway',
  'addresses.nameservers.0',
  'addresses.nameservers.1',
] as const;
