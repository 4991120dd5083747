package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/esx"
	vim "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

// cloneVM is CloneVM_Task as vCenter does it. The simulator's ignores nearly all of the specification, chooses the
// source's host whatever the pool is, and gives two VMs in a few hundred the same MAC.
func cloneVM(guests *guests) func(simulated, *simulator.VirtualMachine, any) outcome {
	return func(ctx simulated, source *simulator.VirtualMachine, body any) outcome {
		req := body.(*types.CloneVM_Task)
		task := simulator.CreateTask(source, "cloneVm", func(*simulator.Task) (types.AnyType, types.BaseMethodFault) {
			clone, fault := makeClone(ctx, source, req)
			if fault != nil {
				return nil, fault
			}
			guests.inherit(source.Self, clone.Self)
			return clone.Self, nil
		})
		return started(task.Run(ctx))
	}
}

func makeClone(ctx simulated, source *simulator.VirtualMachine, req *types.CloneVM_Task) (*simulator.VirtualMachine, types.BaseMethodFault) {
	folder, ok := ctx.Map.Get(req.Folder).(*simulator.Folder)
	if !ok {
		return nil, &types.ManagedObjectNotFound{Obj: req.Folder}
	}
	where, fault := placeClone(ctx, source, &req.Spec)
	if fault != nil {
		return nil, fault
	}
	base, fault := linkedBase(ctx, source, &req.Spec)
	if fault != nil {
		return nil, fault
	}
	devices, used := devicesOfClone(source, base)
	if where.datastore.Summary.FreeSpace < used {
		return nil, &types.NoDiskSpace{FileFault: types.FileFault{File: fmt.Sprintf("[%s] %s", where.datastore.Name, req.Name)}, Datastore: where.datastore.Name}
	}
	config := types.VirtualMachineConfigSpec{
		Name:              req.Name,
		Version:           source.Config.Version,
		GuestId:           source.Config.GuestId,
		Annotation:        source.Config.Annotation,
		Firmware:          source.Config.Firmware,
		Files:             &types.VirtualMachineFileInfo{VmPathName: fmt.Sprintf("[%s] %s", where.datastore.Name, req.Name)},
		NumCPUs:           source.Config.Hardware.NumCPU,
		NumCoresPerSocket: source.Config.Hardware.NumCoresPerSocket,
		MemoryMB:          int64(source.Config.Hardware.MemoryMB),
		DeviceChange:      devices,
	}
	for _, option := range source.Config.ExtraConfig {
		if option.GetOptionValue().Key != "govcsim" {
			config.ExtraConfig = append(config.ExtraConfig, option)
		}
	}
	var made *simulator.VirtualMachine
	// Held from the look at the names until the clone has its own.
	ctx.WithLock(folder, func() {
		if existing := ctx.Map.FindByName(req.Name, folder.ChildEntity); existing != nil {
			fault = &types.DuplicateName{Name: req.Name, Object: existing.Reference()}
			return
		}
		create := folder.CreateVMTask(ctx, &types.CreateVM_Task{This: folder.Self, Config: config, Pool: where.pool, Host: &where.host})
		info := finished(ctx, create.(*vim.CreateVM_TaskBody).Res.Returnval)
		if info.Error != nil {
			fault = info.Error.Fault
			return
		}
		made = ctx.Map.Get(info.Result.(types.ManagedObjectReference)).(*simulator.VirtualMachine)
	})
	if fault != nil {
		return nil, fault
	}
	if fault := adjustClone(ctx, source, made, &req.Spec); fault != nil {
		finished(ctx, made.DestroyTask(ctx, &types.Destroy_Task{This: made.Self}).(*vim.Destroy_TaskBody).Res.Returnval)
		return nil, fault
	}
	return made, nil
}

// adjustClone applies what the caller wants to have other than the source has it.
func adjustClone(ctx simulated, source, made *simulator.VirtualMachine, spec *types.VirtualMachineCloneSpec) types.BaseMethodFault {
	wanted := types.VirtualMachineConfigSpec{}
	if spec.Config != nil {
		wanted = *spec.Config
	}
	wanted.Files = nil
	wanted.DeviceChange = append(slices.Clone(spec.Location.DeviceChange), wanted.DeviceChange...)
	keepOwnFiles(made, wanted.DeviceChange)
	if fault := completeDevices(ctx, made, wanted.DeviceChange); fault != nil {
		return fault
	}
	task := made.ReconfigVMTask(ctx, &types.ReconfigVM_Task{This: made.Self, Spec: wanted})
	if info := finished(ctx, task.(*vim.ReconfigVM_TaskBody).Res.Returnval); info.Error != nil {
		return info.Error.Fault
	}
	ctx.Map.AtomicUpdate(ctx, made, append(toolsOff(), toolsVersion(source)...))
	if spec.Template {
		made.MarkAsTemplate(&types.MarkAsTemplate{This: made.Self})
	}
	return nil
}

// keepOwnFiles: who edits a disk of a clone describes the source's, file and all, and means the clone's.
func keepOwnFiles(made *simulator.VirtualMachine, changes []types.BaseVirtualDeviceConfigSpec) {
	there := object.VirtualDeviceList(made.Config.Hardware.Device)
	for _, change := range changes {
		spec := change.GetVirtualDeviceConfigSpec()
		disk, ok := spec.Device.(*types.VirtualDisk)
		if !ok || spec.Operation != types.VirtualDeviceConfigSpecOperationEdit {
			continue
		}
		if own, ok := there.FindByKey(disk.Key).(*types.VirtualDisk); ok {
			disk.Backing = own.Backing
		}
	}
}

type place struct {
	pool, host types.ManagedObjectReference
	datastore  *simulator.Datastore
}

func placeClone(ctx simulated, source *simulator.VirtualMachine, spec *types.VirtualMachineCloneSpec) (place, types.BaseMethodFault) {
	invalid := func(property string) (place, types.BaseMethodFault) {
		return place{}, &types.InvalidArgument{InvalidProperty: "spec.location." + property}
	}
	pool := spec.Location.Pool
	if pool == nil {
		pool = source.ResourcePool // a template has none
	}
	if spec.Template && pool == nil {
		pool = poolOfHost(ctx, *source.Runtime.Host)
	}
	if pool == nil {
		return invalid("pool")
	}
	entity, ok := ctx.Map.Get(*pool).(mo.Entity)
	if !ok {
		return invalid("pool")
	}
	for ok && !strings.HasSuffix(entity.Reference().Type, "ComputeResource") {
		entity, ok = ctx.Map.Get(*entity.Entity().Parent).(mo.Entity)
	}
	hosts := hostsOf(entity)
	where := place{pool: *pool}
	switch {
	case spec.Location.Host == nil:
		where.host = leastUsed(ctx, hosts) // stands for DRS
	case !slices.Contains(hosts, *spec.Location.Host):
		return invalid("host")
	default:
		where.host = *spec.Location.Host
	}
	datastore := source.Datastore[0]
	if spec.Location.Datastore != nil {
		datastore = *spec.Location.Datastore
	}
	where.datastore, ok = ctx.Map.Get(datastore).(*simulator.Datastore)
	if !ok {
		return invalid("datastore")
	}
	return where, nil
}

func hostsOf(entity mo.Entity) []types.ManagedObjectReference {
	switch cluster := entity.(type) {
	case *simulator.ClusterComputeResource:
		return cluster.Host
	case *mo.ComputeResource:
		return cluster.Host
	}
	return nil
}

func poolOfHost(ctx simulated, host types.ManagedObjectReference) *types.ManagedObjectReference {
	parent := ctx.Map.Get(*ctx.Map.Get(host).(mo.Entity).Entity().Parent)
	if cluster, ok := parent.(*simulator.ClusterComputeResource); ok {
		return cluster.ResourcePool
	}
	return nil
}

func leastUsed(ctx simulated, hosts []types.ManagedObjectReference) types.ManagedObjectReference {
	return slices.MinFunc(hosts, func(a, b types.ManagedObjectReference) int {
		return len(ctx.Map.Get(a).(*simulator.HostSystem).Vm) - len(ctx.Map.Get(b).(*simulator.HostSystem).Vm)
	})
}

// linkedBase says whether the clone shares disks with a snapshot of its source.
func linkedBase(ctx simulated, source *simulator.VirtualMachine, spec *types.VirtualMachineCloneSpec) (bool, types.BaseMethodFault) {
	if spec.Location.DiskMoveType != string(types.VirtualMachineRelocateDiskMoveOptionsCreateNewChildDiskBacking) {
		return false, nil
	}
	if spec.Snapshot == nil {
		return false, &types.InvalidArgument{InvalidProperty: "spec.snapshot"}
	}
	snapshot, ok := ctx.Map.Get(*spec.Snapshot).(*simulator.VirtualMachineSnapshot)
	if !ok || snapshot.Vm != source.Self {
		return false, &types.InvalidArgument{InvalidProperty: "spec.snapshot"}
	}
	return true, nil
}

// devicesOfClone copies the source's devices, without what belongs to the source alone. Answers also the bytes it takes.
func devicesOfClone(source *simulator.VirtualMachine, linked bool) ([]types.BaseVirtualDeviceConfigSpec, int64) {
	var used int64
	devices := copyDevices(source.Config.Hardware.Device)
	standard := object.VirtualDeviceList(esx.VirtualDevice)
	var add []types.BaseVirtualDeviceConfigSpec
	for _, device := range devices {
		if standard.Find(object.VirtualDeviceList(devices).Name(device)) != nil {
			continue // every new VM has it
		}
		change := &types.VirtualDeviceConfigSpec{Operation: types.VirtualDeviceConfigSpecOperationAdd, Device: device}
		if card, ok := device.(types.BaseVirtualEthernetCard); ok {
			card.GetVirtualEthernetCard().MacAddress = newMac()
		}
		if disk, ok := device.(*types.VirtualDisk); ok {
			change.FileOperation = types.VirtualDeviceConfigSpecFileOperationCreate
			backing := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
			parent := *backing
			backing.FileName, backing.Uuid, backing.Datastore, backing.Parent = "", "", nil, nil
			switch {
			case linked:
				backing.Parent = &parent
			case backing.ThinProvisioned != nil && *backing.ThinProvisioned:
				used += min(disk.CapacityInBytes, templateUsedBytes)
			default:
				used += disk.CapacityInBytes
			}
		}
		add = append(add, change)
	}
	return add, used
}

func copyDevices(devices []types.BaseVirtualDevice) []types.BaseVirtualDevice {
	encoded, err := xml.Marshal(types.ArrayOfVirtualDevice{VirtualDevice: devices})
	if err != nil {
		panic(err)
	}
	var copied types.ArrayOfVirtualDevice
	decoder := xml.NewDecoder(bytes.NewReader(encoded))
	decoder.TypeFunc = types.TypeFunc()
	if err := decoder.Decode(&copied); err != nil {
		panic(err)
	}
	return copied.VirtualDevice
}

var macs atomic.Int32

// newMac counts within what VMware gives to vCenters for the MACs they make.
func newMac() string {
	n := macs.Add(1)
	return fmt.Sprintf("00:50:56:%02x:%02x:%02x", 0x80|n>>16&0x3f, n>>8&0xff, n&0xff)
}

// finished waits for a task of the simulator.
func finished(ctx simulated, ref types.ManagedObjectReference) types.TaskInfo {
	task := ctx.Map.Get(ref).(*simulator.Task)
	// A lock shared with the task's own context would be none.
	looker := &simulator.Context{}
	for {
		var info types.TaskInfo
		ctx.Map.WithLock(looker, task, func() { info = task.Info })
		if info.State == types.TaskInfoStateSuccess || info.State == types.TaskInfoStateError {
			return info
		}
		// task.Wait looks every 10 ms only, and whoever clones the same source waits meanwhile.
		time.Sleep(time.Millisecond / 2)
	}
}
