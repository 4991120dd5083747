package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// What the lab does itself, because the simulator does it only in part: cloning, reconfiguring, and whatever concerns the
// container that stands for a VM.
type ownMethods map[string]func(ctx simulated, vm *simulator.VirtualMachine, body any) outcome

// A task, or a fault, or neither: a method without an answer.
type outcome struct {
	task  *types.ManagedObjectReference
	fault types.BaseMethodFault
	text  string
}

func started(task types.ManagedObjectReference) outcome { return outcome{task: &task} }

func refused(fault types.BaseMethodFault, text string) outcome {
	return outcome{fault: fault, text: text}
}

// ownContext is a context of its own for each use: locks are held by contexts, not by goroutines.
func ownContext(base simulated) simulated {
	made := *base
	made.Context = context.Background()
	made.Session = &simulator.Session{
		UserSession: types.UserSession{Key: "lab", UserName: `VSPHERE.LOCAL\lab`},
		Registry:    simulator.NewRegistry(),
		Map:         base.Map,
	}
	return &made
}

// answer runs the lab's own method, if there is one for this call.
func (g *gate) answerOurselves(w http.ResponseWriter, method *simulator.Method) bool {
	run, ours := g.methods[method.Name]
	if !ours {
		return false
	}
	ctx := ownContext(g.ctx)
	vm, isVM := ctx.Map.Get(method.This).(*simulator.VirtualMachine)
	if !isVM {
		return false
	}
	outcome := run(ctx, vm, method.Body)
	switch {
	case outcome.fault != nil:
		g.fault(w, outcome.fault, outcome.text)
	case outcome.task != nil:
		g.write(w, http.StatusOK, fmt.Sprintf(`<%[1]sResponse xmlns="urn:vim25"><returnval type="Task">%[2]s</returnval></%[1]sResponse>`, method.Name, outcome.task.Value))
	default:
		g.write(w, http.StatusOK, fmt.Sprintf(`<%sResponse xmlns="urn:vim25"></%[1]sResponse>`, method.Name))
	}
	return true
}
