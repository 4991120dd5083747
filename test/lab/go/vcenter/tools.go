package main

import (
	"net/netip"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// What VMware tools tell vCenter.

const toolsBuild = "12389"

func toolsOff() []types.PropertyChange {
	return []types.PropertyChange{
		{Name: "guest.toolsRunningStatus", Val: string(types.VirtualMachineToolsRunningStatusGuestToolsNotRunning)},
		{Name: "guest.toolsStatus", Val: types.VirtualMachineToolsStatusToolsNotRunning},
		{Name: "guest.guestState", Val: string(types.VirtualMachineGuestStateNotRunning)},
		{Name: "guest.ipAddress", Val: nil},
		{Name: "guest.hostName", Val: nil},
		{Name: "guest.net", Val: []types.GuestNicInfo{}},
		{Name: "summary.guest.toolsRunningStatus", Val: string(types.VirtualMachineToolsRunningStatusGuestToolsNotRunning)},
		{Name: "summary.guest.toolsStatus", Val: types.VirtualMachineToolsStatusToolsNotRunning},
		{Name: "summary.guest.ipAddress", Val: nil},
		{Name: "summary.guest.hostName", Val: nil},
	}
}

// toolsVersion: a clone has the source's tools.
func toolsVersion(source *simulator.VirtualMachine) []types.PropertyChange {
	return []types.PropertyChange{
		{Name: "guest.toolsVersion", Val: source.Guest.ToolsVersion},
		{Name: "guest.toolsVersionStatus2", Val: source.Guest.ToolsVersionStatus2},
		{Name: "config.guestFullName", Val: source.Config.GuestFullName},
		{Name: "summary.config.guestFullName", Val: source.Config.GuestFullName},
	}
}

func toolsInstalled() []types.PropertyChange {
	return []types.PropertyChange{
		{Name: "guest.toolsVersion", Val: toolsBuild},
		{Name: "guest.toolsVersionStatus2", Val: string(types.VirtualMachineToolsVersionStatusGuestToolsUnmanaged)},
		{Name: "config.guestFullName", Val: "Debian GNU/Linux 12 (64-bit)"},
		{Name: "summary.config.guestFullName", Val: "Debian GNU/Linux 12 (64-bit)"},
	}
}

func (g *guests) report(ctx simulated, vm *simulator.VirtualMachine, hostName string, nics []nic, addresses []netip.Prefix) {
	first := ""
	var net []types.GuestNicInfo
	for at, nic := range nics {
		info := types.GuestNicInfo{Network: nic.network, MacAddress: nic.mac, Connected: true, DeviceConfigId: nic.key, IpConfig: &types.NetIpConfigInfo{}}
		add := func(address netip.Addr, bits int) {
			info.IpAddress = append(info.IpAddress, address.String())
			info.IpConfig.IpAddress = append(info.IpConfig.IpAddress, types.NetIpConfigInfoIpAddress{
				IpAddress: address.String(), PrefixLength: int32(bits), State: string(types.NetIpConfigInfoIpAddressStatusPreferred),
			})
		}
		if addresses[at].IsValid() {
			add(addresses[at].Addr(), addresses[at].Bits())
			if first == "" {
				first = addresses[at].Addr().String()
			}
		}
		add(linkLocal(nic.mac), 64)
		net = append(net, info)
	}
	changes := []types.PropertyChange{
		{Name: "guest.toolsRunningStatus", Val: string(types.VirtualMachineToolsRunningStatusGuestToolsRunning)},
		{Name: "guest.toolsStatus", Val: types.VirtualMachineToolsStatusToolsOk},
		{Name: "guest.guestState", Val: string(types.VirtualMachineGuestStateRunning)},
		{Name: "guest.net", Val: net},
		{Name: "summary.guest.toolsRunningStatus", Val: string(types.VirtualMachineToolsRunningStatusGuestToolsRunning)},
		{Name: "summary.guest.toolsStatus", Val: types.VirtualMachineToolsStatusToolsOk},
	}
	for name, value := range map[string]string{"hostName": hostName, "ipAddress": first} {
		if value != "" {
			changes = append(changes, types.PropertyChange{Name: "guest." + name, Val: value}, types.PropertyChange{Name: "summary.guest." + name, Val: value})
		}
	}
	ctx.WithLock(vm, func() {
		if vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
			ctx.Update(vm, changes)
		}
	})
}

// linkLocal is what a guest gives itself (RFC 4291, appendix A): tools tell it beside the address that is wanted.
func linkLocal(mac string) netip.Addr {
	parts := strings.Split(mac, ":")
	if len(parts) != 6 {
		return netip.MustParseAddr("fe80::1")
	}
	return netip.MustParseAddr("fe80::" + parts[0] + parts[1] + ":" + parts[2] + "ff:fe" + parts[3] + ":" + parts[4] + parts[5])
}

func networkName(ctx simulated, backing types.BaseVirtualDeviceBackingInfo) string {
	switch backing := backing.(type) {
	case *types.VirtualEthernetCardNetworkBackingInfo:
		return backing.DeviceName
	case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
		ref := types.ManagedObjectReference{Type: "DistributedVirtualPortgroup", Value: backing.Port.PortgroupKey}
		if group, ok := ctx.Map.Get(ref).(mo.Entity); ok {
			return group.Entity().Name
		}
	}
	return ""
}
