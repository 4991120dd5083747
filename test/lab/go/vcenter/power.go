package main

import (
	"github.com/vmware/govmomi/simulator"
	vim "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

// What switches a VM off ends when its container is off, so that nobody sees the one without the other.

func (g *guests) powerOff(ctx simulated, vm *simulator.VirtualMachine, body any) outcome {
	guest := g.of(vm.Self)
	guest.mu.Lock()
	if guest.container != "" && vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
		_ = g.docker.kill(guest.container)
	}
	guest.mu.Unlock()
	var task types.ManagedObjectReference
	ctx.WithLock(vm, func() {
		task = vm.PowerOffVMTask(ctx, body.(*types.PowerOffVM_Task)).(*vim.PowerOffVM_TaskBody).Res.Returnval
	})
	return started(task)
}

func (g *guests) destroy(ctx simulated, vm *simulator.VirtualMachine, body any) outcome {
	if vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOff {
		g.discard(g.of(vm.Self))
	}
	var task types.ManagedObjectReference
	ctx.WithLock(vm, func() {
		task = vm.DestroyTask(ctx, body.(*types.Destroy_Task)).(*vim.Destroy_TaskBody).Res.Returnval
	})
	return started(task)
}

// shutdown answers at once; the guest takes its time.
func (g *guests) shutdown(ctx simulated, vm *simulator.VirtualMachine, body any) outcome {
	if vm.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOn {
		return refused(&types.InvalidPowerState{RequestedState: types.VirtualMachinePowerStatePoweredOn, ExistingState: vm.Runtime.PowerState}, "")
	}
	if vm.Guest.ToolsRunningStatus != string(types.VirtualMachineToolsRunningStatusGuestToolsRunning) {
		return refused(&types.ToolsUnavailable{}, "")
	}
	guest := g.of(vm.Self)
	guest.work <- func() {
		guest.mu.Lock()
		if guest.container != "" {
			_ = g.docker.stop(guest.container)
		}
		guest.mu.Unlock()
		later := ownContext(g.base)
		later.WithLock(vm, func() { vm.ShutdownGuest(later, body.(*types.ShutdownGuest)) })
	}
	return outcome{}
}

func (g *guests) reboot(_ simulated, vm *simulator.VirtualMachine, _ any) outcome {
	if vm.Guest.ToolsRunningStatus != string(types.VirtualMachineToolsRunningStatusGuestToolsRunning) {
		return refused(&types.ToolsUnavailable{}, "")
	}
	guest := g.of(vm.Self)
	guest.work <- func() {
		guest.mu.Lock()
		defer guest.mu.Unlock()
		if guest.container != "" {
			_ = g.docker.restart(guest.container)
		}
	}
	return outcome{}
}
