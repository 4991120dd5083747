/** Size of the inventory; the Go program has a small default for each. */
export interface VcenterSize {
  readonly datacenters?: number;
  /** Per datacenter. */
  readonly clusters?: number;
  /** Per cluster. */
  readonly hosts?: number;
  readonly pools?: number;
  readonly datastores?: number;
  readonly networks?: number;
  readonly opaque?: number;
  /** VMs on paper: they can be listed, but not cloned or switched on. */
  readonly vms?: number;
}

export function sizeArguments(size: VcenterSize): string[] {
  return Object.entries(size).map(([name, value]) => `-${name}=${String(value)}`);
}
