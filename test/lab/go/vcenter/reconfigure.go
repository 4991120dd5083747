package main

import (
	"fmt"
	"slices"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	vim "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

func reconfigureVM(ctx simulated, vm *simulator.VirtualMachine, body any) outcome {
	req := body.(*types.ReconfigVM_Task)
	var fault types.BaseMethodFault
	var answer *vim.ReconfigVM_TaskBody
	ctx.WithLock(vm, func() {
		if fault = completeDevices(ctx, vm, req.Spec.DeviceChange); fault == nil {
			answer = vm.ReconfigVMTask(ctx, req).(*vim.ReconfigVM_TaskBody)
		}
	})
	if fault != nil {
		task := simulator.CreateTask(vm, "reconfigVm", func(*simulator.Task) (types.AnyType, types.BaseMethodFault) { return nil, fault })
		return started(task.Run(ctx))
	}
	return started(answer.Res.Returnval)
}

// completeDevices adds what vCenter takes from the device that is there, and refuses what would make the simulator panic.
func completeDevices(ctx simulated, vm *simulator.VirtualMachine, changes []types.BaseVirtualDeviceConfigSpec) types.BaseMethodFault {
	there := object.VirtualDeviceList(vm.Config.Hardware.Device)
	for index, change := range changes {
		spec := change.GetVirtualDeviceConfigSpec()
		invalid := &types.InvalidDeviceSpec{DeviceIndex: int32(index)}
		if spec.Device == nil {
			return invalid
		}
		device := spec.Device.GetVirtualDevice()
		old := there.FindByKey(device.Key)
		if spec.Operation != types.VirtualDeviceConfigSpecOperationAdd {
			if old == nil {
				return invalid
			}
			known := old.GetVirtualDevice()
			if device.Backing == nil {
				device.Backing = known.Backing
			}
			if device.ControllerKey == 0 {
				device.ControllerKey = known.ControllerKey
			}
			if device.UnitNumber == nil {
				device.UnitNumber = known.UnitNumber
			}
			if device.Connectable == nil {
				device.Connectable = known.Connectable
			}
		}
		switch device := spec.Device.(type) {
		case types.BaseVirtualEthernetCard:
			if spec.Operation != types.VirtualDeviceConfigSpecOperationRemove && !networkExists(ctx, vm, device) {
				return invalid
			}
			completeMac(device.GetVirtualEthernetCard(), old)
		case *types.VirtualDisk:
			completeDisk(device, old)
		}
		if spec.Operation == types.VirtualDeviceConfigSpecOperationAdd {
			giveKey(there, changes[:index], spec.Device)
		}
	}
	return nil
}

// giveKey gives NICs, disks and drives keys and labels as vCenter does: guests find NICs in the order of their keys.
func giveKey(there object.VirtualDeviceList, before []types.BaseVirtualDeviceConfigSpec, device types.BaseVirtualDevice) {
	var first int32
	var label string
	switch device.(type) {
	case types.BaseVirtualEthernetCard:
		first, label = 4000, "Network adapter"
	case *types.VirtualDisk:
		first, label = 2000, "Hard disk"
	case *types.VirtualCdrom:
		first, label = 16000, "CD/DVD drive"
	default:
		return // others refer to a controller by the key that the caller chose
	}
	taken := func(key int32) bool {
		return there.FindByKey(key) != nil || slices.ContainsFunc(before, func(change types.BaseVirtualDeviceConfigSpec) bool {
			return change.GetVirtualDeviceConfigSpec().Device.GetVirtualDevice().Key == key
		})
	}
	key := first
	for taken(key) {
		key++
	}
	it := device.GetVirtualDevice()
	it.Key = key
	if it.DeviceInfo == nil {
		it.DeviceInfo = &types.Description{Label: fmt.Sprintf("%s %d", label, key-first+1)}
	}
}

func completeMac(card *types.VirtualEthernetCard, old types.BaseVirtualDevice) {
	if card.MacAddress != "" {
		return
	}
	if known, ok := old.(types.BaseVirtualEthernetCard); ok {
		card.MacAddress = known.GetVirtualEthernetCard().MacAddress
		card.AddressType = known.GetVirtualEthernetCard().AddressType
		return
	}
	card.MacAddress = newMac()
	if card.AddressType == "" {
		card.AddressType = string(types.VirtualEthernetCardMacTypeAssigned)
	}
}

// completeDisk: vCenter goes by either capacity, the simulator only by both.
func completeDisk(disk *types.VirtualDisk, old types.BaseVirtualDevice) {
	if known, ok := old.(*types.VirtualDisk); ok && disk.CapacityInBytes == 0 && disk.CapacityInKB == 0 {
		disk.CapacityInBytes = known.CapacityInBytes
	}
	if known, ok := old.(*types.VirtualDisk); ok && disk.CapacityInBytes == known.CapacityInBytes && disk.CapacityInKB != 0 {
		disk.CapacityInBytes = disk.CapacityInKB * 1024
	}
	if disk.CapacityInBytes == 0 {
		disk.CapacityInBytes = disk.CapacityInKB * 1024
	}
	disk.CapacityInKB = disk.CapacityInBytes / 1024
}

func networkExists(ctx simulated, vm *simulator.VirtualMachine, card types.BaseVirtualEthernetCard) bool {
	switch backing := card.GetVirtualEthernetCard().Backing.(type) {
	case *types.VirtualEthernetCardNetworkBackingInfo:
		return ctx.Map.FindByName(backing.DeviceName, datacenterOf(ctx, vm).Network) != nil
	case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
		_, ok := ctx.Map.Get(types.ManagedObjectReference{Type: "DistributedVirtualPortgroup", Value: backing.Port.PortgroupKey}).(*simulator.DistributedVirtualPortgroup)
		return ok
	}
	return card.GetVirtualEthernetCard().Backing != nil
}

func datacenterOf(ctx simulated, entity mo.Entity) *simulator.Datacenter {
	for {
		if found, ok := entity.(*simulator.Datacenter); ok {
			return found
		}
		entity = ctx.Map.Get(*entity.Entity().Parent).(mo.Entity)
	}
}
