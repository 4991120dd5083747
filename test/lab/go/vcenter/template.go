package main

import (
	"fmt"
	"os"
	"path"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/types"
)

// The template whose clones are machines: /DC0/vm/templates/debian-13.
const (
	machineFolder     = "templates"
	machineTemplate   = "debian-13"
	machineSnapshot   = "base" // for linked clones
	templateDiskKiB   = 20 << 20
	templateUsedBytes = 1600 << 20
)

func addMachineTemplate(ctx simulated, client *vim25.Client) (*simulator.VirtualMachine, error) {
	parent, err := vmFolder(ctx, client)
	if err != nil {
		return nil, err
	}
	folder, err := parent.CreateFolder(ctx, machineFolder)
	if err != nil {
		return nil, err
	}
	cluster, err := named(ctx, "ClusterComputeResource", "DC0_C0")
	if err != nil {
		return nil, err
	}
	compute := cluster.(*simulator.ClusterComputeResource)
	task, err := folder.CreateVM(ctx, machineTemplateSpec(), object.NewResourcePool(client, *compute.ResourcePool), object.NewHostSystem(client, compute.Host[0]))
	if err != nil {
		return nil, err
	}
	info, err := task.WaitForResult(ctx, nil)
	if err != nil {
		return nil, err
	}
	ref := info.Result.(types.ManagedObjectReference)
	vm := ctx.Map.Get(ref).(*simulator.VirtualMachine)
	if err := useDisk(ctx, vm); err != nil {
		return nil, err
	}
	ctx.Map.AtomicUpdate(ctx, vm, append(toolsOff(), toolsInstalled()...))
	it := object.NewVirtualMachine(client, ref)
	if task, err = it.CreateSnapshot(ctx, machineSnapshot, "as installed", false, false); err != nil {
		return nil, err
	}
	if err := task.Wait(ctx); err != nil {
		return nil, err
	}
	return vm, it.MarkAsTemplate(ctx)
}

func machineTemplateSpec() types.VirtualMachineConfigSpec {
	add := func(device types.BaseVirtualDevice, file types.VirtualDeviceConfigSpecFileOperation) types.BaseVirtualDeviceConfigSpec {
		return &types.VirtualDeviceConfigSpec{Operation: types.VirtualDeviceConfigSpecOperationAdd, Device: device, FileOperation: file}
	}
	thin, unit := true, int32(0)
	return types.VirtualMachineConfigSpec{
		Name:       machineTemplate,
		Annotation: "Debian 13 with cloud-init and open-vm-tools",
		GuestId:    string(types.VirtualMachineGuestOsIdentifierDebian12_64Guest),
		Version:    "vmx-19",
		Firmware:   string(types.GuestOsDescriptorFirmwareTypeEfi),
		NumCPUs:    2,
		MemoryMB:   2048,
		Files:      &types.VirtualMachineFileInfo{VmPathName: "[LocalDS_0]"},
		DeviceChange: []types.BaseVirtualDeviceConfigSpec{
			add(&types.ParaVirtualSCSIController{VirtualSCSIController: types.VirtualSCSIController{
				SharedBus:         types.VirtualSCSISharingNoSharing,
				VirtualController: types.VirtualController{VirtualDevice: types.VirtualDevice{Key: 1000}},
			}}, ""),
			add(&types.VirtualDisk{
				CapacityInKB: templateDiskKiB,
				VirtualDevice: types.VirtualDevice{Key: 2000, ControllerKey: 1000, UnitNumber: &unit, Backing: &types.VirtualDiskFlatVer2BackingInfo{
					DiskMode: string(types.VirtualDiskModePersistent), ThinProvisioned: &thin,
				}},
			}, types.VirtualDeviceConfigSpecFileOperationCreate),
			add(&types.VirtualVmxnet3{VirtualVmxnet: types.VirtualVmxnet{VirtualEthernetCard: types.VirtualEthernetCard{
				AddressType: string(types.VirtualEthernetCardMacTypeAssigned),
				MacAddress:  newMac(),
				VirtualDevice: types.VirtualDevice{Key: 4000, Backing: &types.VirtualEthernetCardNetworkBackingInfo{
					VirtualDeviceDeviceBackingInfo: types.VirtualDeviceDeviceBackingInfo{DeviceName: "VM Network"},
				}},
			}}}, ""),
		},
	}
}

// useDisk makes the disk's extent as large as an installed Debian, without taking a block of this computer's.
func useDisk(ctx simulated, vm *simulator.VirtualMachine) error {
	datastore := ctx.Map.Get(vm.Datastore[0]).(*simulator.Datastore)
	extent := path.Join(datastore.Summary.Url, machineTemplate, machineTemplate+"-flat.vmdk")
	if err := os.Truncate(extent, templateUsedBytes); err != nil {
		return fmt.Errorf("the template's disk: %w", err)
	}
	vm.RefreshStorageInfo(ctx, &types.RefreshStorageInfo{This: vm.Self})
	return nil
}

// setFreeSpace makes a datastore as full as a test wants it.
func setFreeSpace(ctx simulated, name string, bytes int64) error {
	found, err := named(ctx, "Datastore", name)
	if err != nil {
		return err
	}
	datastore := found.(*simulator.Datastore)
	own := ownContext(ctx)
	own.WithLock(datastore, func() {
		datastore.Info.GetDatastoreInfo().FreeSpace = bytes
		own.Update(datastore, []types.PropertyChange{{Name: "summary.freeSpace", Val: bytes}})
	})
	return nil
}
