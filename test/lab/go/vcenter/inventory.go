package main

import (
	"flag"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

type size struct {
	datacenters, clusters, hosts, pools, datastores, networks, opaque, vms int
}

func sizeFlags() *size {
	wanted := &size{}
	flag.IntVar(&wanted.datacenters, "datacenters", 1, "how many")
	flag.IntVar(&wanted.clusters, "clusters", 1, "per datacenter")
	flag.IntVar(&wanted.hosts, "hosts", 3, "per cluster")
	flag.IntVar(&wanted.pools, "pools", 1, "per cluster, below the root pool")
	flag.IntVar(&wanted.datastores, "datastores", 2, "per datacenter; the last one of the first is in the datastore cluster")
	flag.IntVar(&wanted.networks, "networks", 2, "distributed port groups per datacenter")
	flag.IntVar(&wanted.opaque, "opaque", 1, "opaque networks (NSX) per datacenter")
	flag.IntVar(&wanted.vms, "vms", 0, "VMs on paper: they can be listed, but not cloned or switched on")
	return wanted
}

// Names that tests rely on.
const (
	templateName = "ubuntu-24.04"
	folderName   = "prod/blue" // a name with a slash: vCenter keeps it escaped
	perFolder    = 200
)

func buildInventory(wanted *size) (*simulator.Model, error) {
	model := simulator.VPX()
	model.ServiceContent.About.ApiVersion = "8.0.2.0"
	model.Datacenter = wanted.datacenters
	model.Cluster = wanted.clusters
	model.ClusterHost = wanted.hosts
	model.Host = 0
	model.Pool = wanted.pools
	model.Datastore = wanted.datastores
	model.Portgroup = wanted.networks
	model.OpaqueNetwork = wanted.opaque
	model.Pod = 1
	model.Machine = 1
	if err := model.Create(); err != nil {
		return nil, err
	}
	ctx := model.Service.Context
	client, err := vim25.NewClient(ctx, model.Service)
	if err != nil {
		return nil, err
	}
	markUplinks(ctx)
	if err := moveIntoPod(ctx, client, fmt.Sprintf("LocalDS_%d", wanted.datastores-1)); err != nil {
		return nil, err
	}
	source := fmt.Sprintf("DC0_C0_RP%d_VM0", min(wanted.pools, 1))
	if err := addTemplate(ctx, client, source); err != nil {
		return nil, err
	}
	if _, err := addMachineTemplate(ctx, client); err != nil {
		return nil, err
	}
	return model, addPaperVms(ctx, client, source, wanted.vms)
}

// named answers an object of the first datacenter: the registry's own order is another one each time.
func named(ctx simulated, kind, name string) (mo.Entity, error) {
	for _, entity := range ctx.Map.All(kind) {
		if entity.Entity().Name == name && isBelow(ctx, entity, "DC0") {
			return entity, nil
		}
	}
	return nil, fmt.Errorf("there is no %s %s", kind, name)
}

func isBelow(ctx simulated, entity mo.Entity, name string) bool {
	for entity != nil {
		if entity.Entity().Name == name {
			return true
		}
		parent := entity.Entity().Parent
		if parent == nil {
			return false
		}
		entity, _ = ctx.Map.Get(*parent).(mo.Entity)
	}
	return false
}

// The simulator makes uplink port groups without what tells them from others.
func markUplinks(ctx simulated) {
	for _, entity := range ctx.Map.All("DistributedVirtualPortgroup") {
		group := entity.(*simulator.DistributedVirtualPortgroup)
		uplink := strings.Contains(group.Name, "DVUplinks")
		group.Config.Uplink = types.NewBool(uplink)
		if uplink {
			group.Tag = []types.Tag{{Key: "SYSTEM/DVS.UPLINKPG"}}
		}
	}
}

func moveIntoPod(ctx simulated, client *vim25.Client, name string) error {
	pod, err := named(ctx, "StoragePod", "DC0_POD0")
	if err != nil {
		return err
	}
	datastore, err := named(ctx, "Datastore", name)
	if err != nil {
		return err
	}
	inside := []types.ManagedObjectReference{datastore.Reference()}
	task, err := object.NewStoragePod(client, pod.Reference()).MoveInto(ctx, inside)
	if err != nil {
		return err
	}
	return task.Wait(ctx)
}

func addTemplate(ctx simulated, client *vim25.Client, name string) error {
	source, err := named(ctx, "VirtualMachine", name)
	if err != nil {
		return err
	}
	parent, err := vmFolder(ctx, client)
	if err != nil {
		return err
	}
	folder, err := parent.CreateFolder(ctx, folderName)
	if err != nil {
		return err
	}
	spec := types.VirtualMachineCloneSpec{Template: true}
	task, err := object.NewVirtualMachine(client, source.Reference()).Clone(ctx, folder, templateName, spec)
	if err != nil {
		return err
	}
	return task.Wait(ctx)
}

func vmFolder(ctx simulated, client *vim25.Client) (*object.Folder, error) {
	datacenter, err := named(ctx, "Datacenter", "DC0")
	if err != nil {
		return nil, err
	}
	return object.NewFolder(client, datacenter.(*simulator.Datacenter).VmFolder), nil
}

// addPaperVms copies one VM's description: making ten thousand the honest way takes minutes and as many folders.
func addPaperVms(ctx simulated, client *vim25.Client, name string, count int) error {
	if count == 0 {
		return nil
	}
	source, err := named(ctx, "VirtualMachine", name)
	if err != nil {
		return err
	}
	parent, err := vmFolder(ctx, client)
	if err != nil {
		return err
	}
	model := source.(*simulator.VirtualMachine)
	host := ctx.Map.Get(*model.Runtime.Host).(*simulator.HostSystem)
	var folder *simulator.Folder
	for i := range count {
		if i%perFolder == 0 {
			made, err := parent.CreateFolder(ctx, fmt.Sprintf("team-%02d", i/perFolder))
			if err != nil {
				return err
			}
			folder = ctx.Map.Get(made.Reference()).(*simulator.Folder)
		}
		config := *model.Config
		config.Name = fmt.Sprintf("vm-%05d", i)
		config.Uuid, config.InstanceUuid = uuid.NewString(), uuid.NewString()
		copied := &simulator.VirtualMachine{VirtualMachine: mo.VirtualMachine{ManagedEntity: model.ManagedEntity}}
		copied.Self, copied.Name = types.ManagedObjectReference{}, config.Name
		copied.Config, copied.Summary, copied.Runtime = &config, model.Summary, model.Runtime
		copied.Summary.Config.Name = config.Name
		copied.Guest, copied.Network, copied.Datastore, copied.ResourcePool = model.Guest, model.Network, model.Datastore, model.ResourcePool
		ctx.Map.PutEntity(folder, copied)
		folder.ChildEntity = append(folder.ChildEntity, copied.Self)
		host.Vm = append(host.Vm, copied.Self)
	}
	return nil
}
