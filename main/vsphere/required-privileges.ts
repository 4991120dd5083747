/**
 * What a vCenter user needs, by what it is for and on what kind of object (VMware's privilege reference; what Rancher's
 * driver, cloud-provider-vsphere and the vSphere CSI driver document). Only what our own calls need: a role that is larger
 * than necessary is what people complain about most.
 */
export const requiredPrivileges = {
  /** On the template or VM that machines are cloned from. */
  source: ['VirtualMachine.Provisioning.Clone', 'VirtualMachine.Provisioning.DeployTemplate'],
  /** On the folder that machines are in: made, configured, switched on and removed. */
  folder: [
    'VirtualMachine.Inventory.CreateFromExisting',
    'VirtualMachine.Inventory.Delete',
    'VirtualMachine.Config.AddNewDisk',
    'VirtualMachine.Config.AddRemoveDevice',
    'VirtualMachine.Config.AdvancedConfig',
    'VirtualMachine.Config.Annotation',
    'VirtualMachine.Config.CPUCount',
    'VirtualMachine.Config.DiskExtend',
    'VirtualMachine.Config.EditDevice',
    'VirtualMachine.Config.Memory',
    'VirtualMachine.Config.RemoveDisk',
    'VirtualMachine.Config.Settings',
    'VirtualMachine.Interact.AnswerQuestion',
    'VirtualMachine.Interact.DeviceConnection',
    'VirtualMachine.Interact.PowerOff',
    'VirtualMachine.Interact.PowerOn',
    'VirtualMachine.Interact.SetCDMedia',
  ],
  /** On the folder above one that we make, and remove with the cluster. */
  folderParent: ['Folder.Create', 'Folder.Delete'],
  pool: ['Resource.AssignVMToPool'],
  /** On each network a machine is connected to. */
  network: ['Network.Assign'],
  /** On a datastore, or on a datastore cluster for all of its datastores. */
  datastore: ['Datastore.AllocateSpace'],
  /** On the same, when machines get their cloud-init on a CD-ROM. */
  cloudInitIso: ['Datastore.Browse', 'Datastore.FileManagement'],
  /** On the cluster, for rules that keep machines on different hosts. */
  antiAffinity: ['Host.Inventory.EditCluster'],
  /** On the root folder. */
  tags: [
    'InventoryService.Tagging.AttachTag',
    'InventoryService.Tagging.CreateCategory',
    'InventoryService.Tagging.CreateTag',
    'InventoryService.Tagging.DeleteTag',
  ],
  /** On the folder, so that what is in it may carry a tag. */
  taggedFolder: ['InventoryService.Tagging.ObjectAttachable'],
  /** On the root folder. */
  customAttributes: ['Global.ManageCustomFields', 'Global.SetCustomField'],
  /** On the root folder; deploying needs the two others on folder and pool. */
  contentLibrary: ['ContentLibrary.ReadStorage'],
  libraryTarget: ['VApp.Import'],
  /** On the root folder, when storage policies are used or the CSI driver is installed. */
  storagePolicy: ['StorageProfile.View'],
  /** On the datacenter, for the cloud provider: it finds the nodes there. */
  cloudProvider: ['System.Read', 'System.View'],
  /** On the root folder, and on the folder of the nodes. */
  csiRoot: ['Cns.Searchable', 'StorageProfile.View'],
  csiNodes: ['VirtualMachine.Config.AddExistingDisk', 'VirtualMachine.Config.AddRemoveDevice'],
  csiDatastore: ['Datastore.FileManagement'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type PrivilegeUse = keyof typeof requiredPrivileges;
