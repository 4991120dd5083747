package main

import (
	"fmt"
	"log"
	"net/netip"
	"strings"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// The guests of VMs that are switched on: a container for clones of the machine template, nothing but an answer of VMware
// tools for all others.
type guests struct {
	base   simulated
	docker *docker // nil: all are on paper

	mu       sync.Mutex
	machines map[types.ManagedObjectReference]bool
	running  map[types.ManagedObjectReference]*guest
	// Of VMs whose tools never report; "*" is every one on paper.
	silent map[string]bool
	paper  int
}

// One at a time happens to a guest, in the order in which it was asked for.
type guest struct {
	mu        sync.Mutex
	container string
	// What it was configured with at its first boot: it stays so when the CD is gone.
	known   *bootMedia
	address string
	dhcp    bool
	work    chan func()
}

func newGuests(base simulated, docker *docker) *guests {
	return &guests{
		base: base, docker: docker,
		machines: map[types.ManagedObjectReference]bool{},
		running:  map[types.ManagedObjectReference]*guest{},
		silent:   map[string]bool{},
	}
}

func (g *guests) isMachine(ref types.ManagedObjectReference) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.machines[ref] = true
}

// inherit: a clone of a machine is a machine.
func (g *guests) inherit(source, clone types.ManagedObjectReference) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.machines[source] {
		g.machines[clone] = true
	}
}

func (g *guests) silence(names []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.silent)
	for _, name := range names {
		g.silent[name] = true
	}
}

func (g *guests) of(ref types.ManagedObjectReference) *guest {
	g.mu.Lock()
	defer g.mu.Unlock()
	found := g.running[ref]
	if found == nil {
		found = &guest{work: make(chan func(), 64)}
		g.running[ref] = found
		go func() {
			for do := range found.work {
				do()
			}
		}()
	}
	return found
}

// The registry tells of every change to every object: however a VM was switched on or off, here it is noticed.

func (g *guests) Reference() types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "LabGuests", Value: "guests"}
}

func (g *guests) PutObject(simulated, mo.Reference) {}

func (g *guests) UpdateObject(_ simulated, object mo.Reference, changes []types.PropertyChange) {
	vm, ok := object.(*mo.VirtualMachine)
	if !ok {
		return
	}
	for _, change := range changes {
		if change.Name != "runtime.powerState" {
			continue
		}
		guest, ref := g.of(vm.Self), vm.Self
		if vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
			guest.work <- func() { g.boot(ref, guest) }
		} else {
			guest.work <- func() { g.halted(ref, guest) }
		}
	}
}

func (g *guests) RemoveObject(_ simulated, ref types.ManagedObjectReference) {
	if ref.Type != "VirtualMachine" {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if guest := g.running[ref]; guest != nil {
		guest.work <- func() { g.discard(guest) }
		close(guest.work)
		delete(g.running, ref)
	}
	delete(g.machines, ref)
}

func (g *guests) boot(ref types.ManagedObjectReference, guest *guest) {
	ctx := ownContext(g.base)
	vm, ok := ctx.Map.Get(ref).(*simulator.VirtualMachine)
	if !ok {
		return // destroyed meanwhile
	}
	var name string
	var devices []types.BaseVirtualDevice
	var extra []types.BaseOptionValue
	on := false
	ctx.WithLock(vm, func() {
		name, extra = vm.Name, append(extra, vm.Config.ExtraConfig...)
		devices = copyDevices(vm.Config.Hardware.Device)
		on = vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn
	})
	if !on {
		return
	}
	media, why := readBootMedia(ctx, vm, devices, extra)
	guest.mu.Lock()
	defer guest.mu.Unlock()
	boot := media // what it finds now
	if media == nil {
		media = guest.known
	}
	if media == nil {
		log.Printf("%s boots without cloud-init data: %s", name, why)
	}
	nics := nicsOf(devices, func(backing types.BaseVirtualDeviceBackingInfo) string { return networkName(ctx, backing) })
	macs := make([]string, len(nics))
	for at, nic := range nics {
		macs[at] = nic.mac
	}
	configs, err := nicConfigs(media, macs)
	if err != nil {
		log.Printf("%s: its network-config: %v", name, err)
	}
	g.mu.Lock()
	machine := g.machines[ref] && g.docker != nil
	silent := g.silent[name] || !machine && g.silent["*"]
	g.mu.Unlock()

	addresses := make([]netip.Prefix, len(nics))
	if machine {
		err = g.bootContainer(container{Name: g.containerOf(name, ref), Machine: hostNameOf(media)}, guest, boot, macs, configs, addresses)
	} else {
		g.bootPaper(guest, media, configs, addresses)
	}
	guest.known = media
	if err != nil {
		log.Printf("%s does not come up: %v", name, err)
		return
	}
	if silent {
		log.Printf("the tools of %s do not report: asked for", name)
		return
	}
	g.report(ctx, vm, hostNameOf(media), nics, addresses)
}

func (g *guests) containerOf(name string, ref types.ManagedObjectReference) string {
	return g.docker.recipe.Prefix + name + "-" + ref.Value
}

func (g *guests) bootContainer(wanted container, guest *guest, media *bootMedia, macs []string, configs []*nicConfig, addresses []netip.Prefix) error {
	for at, config := range configs {
		if config != nil {
			addresses[at] = config.address
		}
	}
	wanted.Isolated = true
	if len(macs) > 0 {
		wanted.Mac = macs[0]
	}
	if wanted.Machine == "" {
		wanted.Machine = "debian"
	}
	var first *nicConfig
	if len(configs) > 0 {
		first = configs[0]
	}
	if first != nil && first.address.IsValid() && g.docker.recipe.Subnet.Contains(first.address.Addr()) {
		wanted.Isolated, wanted.Address = false, first.address.Addr().String()
	} else if first != nil && first.dhcp {
		wanted.Isolated = false
	}
	guest.dhcp = wanted.Address == "" && !wanted.Isolated
	// One that has booted keeps its disk; one that found no cloud-init data has nothing to keep.
	if guest.container != "" && guest.known == nil {
		g.discardLocked(guest)
	}
	if guest.container == "" {
		if err := g.docker.remove(wanted.Name); err != nil {
			return err
		}
		if err := g.docker.create(wanted); err != nil {
			return err
		}
		guest.container = wanted.Name
	} else if guest.dhcp && guest.address != "" {
		if err := g.docker.keepAddress(guest.container, guest.address); err != nil {
			return err
		}
	}
	if err := g.docker.putFiles(guest.container, g.seed(guest, media, first)); err != nil {
		return err
	}
	if err := g.docker.start(guest.container); err != nil {
		return err
	}
	if !guest.dhcp {
		return nil
	}
	address, err := g.docker.address(guest.container)
	if err != nil {
		return err
	}
	guest.address = address
	parsed, err := netip.ParseAddr(address)
	if err == nil {
		addresses[0] = netip.PrefixFrom(parsed, g.docker.recipe.Subnet.Bits())
	}
	return err
}

// seed is what NoCloud finds. A guest that has been configured stays as it is when the CD is gone.
func (g *guests) seed(guest *guest, media *bootMedia, first *nicConfig) map[string][]byte {
	resolvers := g.docker.recipe.ResolvConf
	if first != nil && len(first.dns) > 0 {
		resolvers = "nameserver " + strings.Join(first.dns, "\nnameserver ") + "\n"
	}
	files := map[string][]byte{"etc/slipway-lab/resolv.conf": []byte(resolvers)}
	if media == nil {
		if guest.known == nil {
			files["etc/cloud/cloud-init.disabled"] = nil // as cloud-init's ds-identify decides where it finds no datasource
		}
		return files
	}
	const folder = "var/lib/cloud/seed/nocloud/"
	files[folder+"user-data"], files[folder+"meta-data"] = media.userData, media.metaData
	if len(media.networkConfig) > 0 {
		files[folder+"network-config"] = media.networkConfig
	}
	return files
}

// bootPaper makes an address up where the network-config leaves it to DHCP.
func (g *guests) bootPaper(guest *guest, media *bootMedia, configs []*nicConfig, addresses []netip.Prefix) {
	for at, config := range configs {
		if config != nil && config.address.IsValid() {
			addresses[at] = config.address
		} else if at == 0 && (media == nil || config != nil) {
			if guest.address == "" {
				g.mu.Lock()
				g.paper++
				guest.address = fmt.Sprintf("10.66.%d.%d", g.paper/250, 1+g.paper%250)
				g.mu.Unlock()
			}
			addresses[at] = netip.PrefixFrom(netip.MustParseAddr(guest.address), 16)
		}
	}
}

func (g *guests) halted(ref types.ManagedObjectReference, guest *guest) {
	guest.mu.Lock()
	if guest.container != "" {
		_ = g.docker.kill(guest.container) // no error matters: it is to be off, and may be
	}
	guest.mu.Unlock()
	ctx := ownContext(g.base)
	if vm, ok := ctx.Map.Get(ref).(*simulator.VirtualMachine); ok {
		ctx.Map.AtomicUpdate(ctx, vm, toolsOff())
	}
}

func (g *guests) discard(guest *guest) {
	guest.mu.Lock()
	defer guest.mu.Unlock()
	g.discardLocked(guest)
}

func (g *guests) discardLocked(guest *guest) {
	if guest.container == "" {
		return
	}
	if err := g.docker.remove(guest.container); err != nil {
		log.Printf("%s cannot be removed: %v", guest.container, err)
		return
	}
	guest.container, guest.known, guest.address = "", nil, ""
}
