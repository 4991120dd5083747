package main

import (
	"encoding/json"
	"regexp"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// valueOf answers the string that a REST answer is.
func valueOf(answer []byte) string {
	var wrapped struct {
		Value string `json:"value"`
	}
	if json.Unmarshal(answer, &wrapped) == nil {
		return wrapped.Value
	}
	return ""
}

var vmId = regexp.MustCompile(`"(vm-\d+)"`)

// deployed: the simulator deploys past the gate, with MACs that may be there twice. What comes from an item that is
// called as the machine template is a machine.
func (g *gate) deployed(path string, answer []byte) {
	found := vmId.FindSubmatch(answer)
	if found == nil {
		return
	}
	ref := types.ManagedObjectReference{Type: "VirtualMachine", Value: string(found[1])}
	ctx := ownContext(g.ctx)
	vm, ok := ctx.Map.Get(ref).(*simulator.VirtualMachine)
	if !ok {
		return
	}
	ctx.WithLock(vm, func() {
		devices := copyDevices(vm.Config.Hardware.Device)
		for _, device := range devices {
			if card, ok := device.(types.BaseVirtualEthernetCard); ok {
				card.GetVirtualEthernetCard().MacAddress = newMac()
			}
		}
		ctx.Update(vm, []types.PropertyChange{{Name: "config.hardware.device", Val: devices}})
		// vCenter makes an ordinary VM of a template in a library; the simulator makes a template again.
		vm.Config.Template, vm.Summary.Config.Template = false, false
		ctx.Update(vm, append(toolsOff(), toolsInstalled()...))
	})
	if vm.ResourcePool == nil {
		vm.ResourcePool = poolOfHost(ctx, *vm.Runtime.Host)
	}
	g.guests.isMachine(ref)
}
