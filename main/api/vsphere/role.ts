export { slipwayRole, type RolePart } from '#main/vsphere/role.ts';
