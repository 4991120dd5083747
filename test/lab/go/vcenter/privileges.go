package main

import (
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// The simulator's user may do everything everywhere; this one lacks what was revoked.
type privileges struct {
	*simulator.AuthorizationManager
	mu      sync.Mutex
	revoked map[revocation]bool
}

type revocation struct {
	Privilege string `json:"privilege"`
	// Managed object id; "" is everywhere.
	Object string `json:"object"`
}

func limitPrivileges(ctx simulated) *privileges {
	manager := ctx.Map.Get(*ctx.Map.Get(types.ManagedObjectReference{Type: "ServiceInstance", Value: "ServiceInstance"}).(*simulator.ServiceInstance).Content.AuthorizationManager).(*simulator.AuthorizationManager)
	limited := &privileges{AuthorizationManager: manager, revoked: map[revocation]bool{}}
	ctx.Map.Put(limited)
	return limited
}

func (p *privileges) revoke(what revocation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.revoked[what] = true
}

func (p *privileges) restore() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.revoked)
}

func (p *privileges) granted(privilege string, object types.ManagedObjectReference) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.revoked[revocation{privilege, ""}] && !p.revoked[revocation{privilege, object.Value}]
}

func (p *privileges) HasPrivilegeOnEntities(ctx *simulator.Context, req *types.HasPrivilegeOnEntities) soap.HasFault {
	if ctx.Session == nil || req.SessionId != ctx.Session.Key {
		return &methods.HasPrivilegeOnEntitiesBody{Fault_: simulator.Fault("", &types.InvalidArgument{InvalidProperty: "sessionId"})}
	}
	answer := []types.EntityPrivilege{}
	for _, entity := range req.Entity {
		if ctx.Map.Get(entity) == nil {
			return &methods.HasPrivilegeOnEntitiesBody{Fault_: simulator.Fault("", &types.ManagedObjectNotFound{Obj: entity})}
		}
		row := types.EntityPrivilege{Entity: entity}
		for _, id := range req.PrivId {
			row.PrivAvailability = append(row.PrivAvailability, types.PrivilegeAvailability{PrivId: id, IsGranted: p.granted(id, entity)})
		}
		answer = append(answer, row)
	}
	return &methods.HasPrivilegeOnEntitiesBody{Res: &types.HasPrivilegeOnEntitiesResponse{Returnval: answer}}
}
