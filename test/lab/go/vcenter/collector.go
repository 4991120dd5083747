package main

import (
	"context"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// collector waits for updates as vCenter does. The simulator's reads every object of every filter again for each change
// of anything in its inventory, so that fifty machines cost it a hundred times what five do; it does not notice a filter
// that is made while it waits; and it tells a whole list anew when one object is added to it.
type collector struct {
	simulator.PropertyCollector

	mu      sync.Mutex
	news    chan struct{}
	changed map[types.ManagedObjectReference]bool
	cancel  context.CancelFunc
	version int
	// What was told, by filter and object: the last value of each property.
	told    map[types.ManagedObjectReference]map[types.ManagedObjectReference]map[string]any
	looking sync.Mutex
}

// Most updates are one of many: those that come at the same time are told together.
const gather = 20 * time.Millisecond

// vCenter's limit for one answer.
const maxUpdates = 100

func collectAsVcenter(ctx simulated) {
	singleton := &collector{}
	singleton.Self = ctx.Map.Get(types.ManagedObjectReference{Type: "ServiceInstance", Value: "ServiceInstance"}).(*simulator.ServiceInstance).Content.PropertyCollector
	ctx.Map.Put(singleton)
}

func (c *collector) CreatePropertyCollector(ctx *simulator.Context, _ *types.CreatePropertyCollector) soap.HasFault {
	made := &collector{}
	made.Self = types.ManagedObjectReference{Type: "PropertyCollector", Value: "session[lab]" + uuid.NewString()}
	return &methods.CreatePropertyCollectorBody{Res: &types.CreatePropertyCollectorResponse{Returnval: ctx.Session.Put(made).Reference()}}
}

func (c *collector) DestroyPropertyCollector(ctx *simulator.Context, req *types.DestroyPropertyCollector) soap.HasFault {
	c.stop()
	return c.PropertyCollector.DestroyPropertyCollector(ctx, req)
}

func (c *collector) CancelWaitForUpdates(*types.CancelWaitForUpdates) soap.HasFault {
	c.stop()
	return &methods.CancelWaitForUpdatesBody{Res: new(types.CancelWaitForUpdatesResponse)}
}

func (c *collector) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancel != nil {
		c.cancel()
	}
}

func (c *collector) CreateFilter(ctx *simulator.Context, req *types.CreateFilter) soap.HasFault {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.wake()
	return c.PropertyCollector.CreateFilter(ctx, req)
}

func (c *collector) PutObject(*simulator.Context, mo.Reference) {}

func (c *collector) UpdateObject(_ *simulator.Context, object mo.Reference, _ []types.PropertyChange) {
	c.note(object.Reference())
}

func (c *collector) RemoveObject(_ *simulator.Context, ref types.ManagedObjectReference) { c.note(ref) }

func (c *collector) note(ref types.ManagedObjectReference) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changed == nil {
		return // nobody has waited yet
	}
	c.changed[ref] = true
	c.wake()
}

// With c.mu held.
func (c *collector) wake() {
	if c.news == nil {
		return
	}
	select {
	case c.news <- struct{}{}:
	default: // it is awake
	}
}

// begin makes this the call that waits; an earlier one ends.
func (c *collector) begin(ctx *simulator.Context, req *types.WaitForUpdatesEx) (context.Context, context.CancelFunc) {
	waiting, cancel := context.WithCancel(context.Background())
	if req.Options != nil && req.Options.MaxWaitSeconds != nil {
		waiting, cancel = context.WithTimeout(context.Background(), time.Duration(*req.Options.MaxWaitSeconds)*time.Second)
	}
	c.looking.Lock() // before mu, as in look
	defer c.looking.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancel != nil {
		c.cancel()
	}
	c.cancel = cancel
	if req.Version == "" {
		c.told = map[types.ManagedObjectReference]map[types.ManagedObjectReference]map[string]any{}
		c.changed = map[types.ManagedObjectReference]bool{}
		c.news = make(chan struct{}, 1)
		ctx.Map.AddHandler(c)
	}
	return waiting, cancel
}

func (c *collector) WaitForUpdatesEx(ctx *simulator.Context, req *types.WaitForUpdatesEx) soap.HasFault {
	body := &methods.WaitForUpdatesExBody{}
	waiting, cancel := c.begin(ctx, req)
	defer cancel()
	for {
		set, fault := c.look(ctx)
		if fault != nil {
			body.Fault_ = simulator.Fault("", fault)
			return body
		}
		if len(set.FilterSet) > 0 || req.Version == "" {
			c.version++
			set.Version = strconv.Itoa(c.version)
			body.Res = &types.WaitForUpdatesExResponse{Returnval: set}
			return body
		}
		select {
		case <-waiting.Done():
			if waiting.Err() == context.Canceled {
				body.Fault_ = simulator.Fault("", new(types.RequestCanceled))
			} else {
				body.Res = &types.WaitForUpdatesExResponse{}
			}
			return body
		case <-c.news:
			time.Sleep(gather)
		}
	}
}

// look finds what is new since the last look, at most as much as goes into one answer.
func (c *collector) look(ctx *simulator.Context) (*types.UpdateSet, types.BaseMethodFault) {
	c.looking.Lock()
	defer c.looking.Unlock()
	c.mu.Lock()
	changed, filters := c.changed, append([]types.ManagedObjectReference{}, c.Filter...)
	c.changed = map[types.ManagedObjectReference]bool{}
	c.mu.Unlock()
	set, room := &types.UpdateSet{}, maxUpdates
	for _, ref := range filters {
		filter, ok := ctx.Session.Get(ref).(*simulator.PropertyFilter)
		if !ok {
			continue
		}
		objects, fault := c.objectsOf(ctx, filter)
		if fault != nil {
			return nil, fault
		}
		told := c.told[ref]
		if told == nil {
			told = map[types.ManagedObjectReference]map[string]any{}
			c.told[ref] = told
		}
		update := types.PropertyFilterUpdate{Filter: ref}
		for _, object := range objects {
			if _, known := told[object]; known && !changed[object] {
				continue
			}
			if room == 0 {
				set.Truncated = types.NewBool(true)
				c.note(object) // the next answer tells it
				continue
			}
			if one := c.updateOf(ctx, filter, object, told); one != nil {
				update.ObjectSet = append(update.ObjectSet, *one)
				room--
			}
		}
		update.ObjectSet = append(update.ObjectSet, left(objects, told)...)
		if len(update.ObjectSet) > 0 {
			set.FilterSet = append(set.FilterSet, update)
		}
	}
	return set, nil
}

func left(objects []types.ManagedObjectReference, told map[types.ManagedObjectReference]map[string]any) []types.ObjectUpdate {
	here := map[types.ManagedObjectReference]bool{}
	for _, object := range objects {
		here[object] = true
	}
	var updates []types.ObjectUpdate
	for object := range told {
		if !here[object] {
			delete(told, object)
			updates = append(updates, types.ObjectUpdate{Obj: object, Kind: types.ObjectUpdateKindLeave})
		}
	}
	return updates
}

// updateOf is what has changed of one object; nil when that is nothing.
func (c *collector) updateOf(ctx *simulator.Context, filter *simulator.PropertyFilter, object types.ManagedObjectReference, told map[types.ManagedObjectReference]map[string]any) *types.ObjectUpdate {
	spec := types.PropertyFilterSpec{PropSet: filter.Spec.PropSet, ObjectSet: []types.ObjectSpec{{Obj: object}}}
	read, fault := c.read(ctx, spec)
	before, known := told[object]
	if fault != nil || len(read) == 0 {
		if !known {
			return nil
		}
		delete(told, object)
		return &types.ObjectUpdate{Obj: object, Kind: types.ObjectUpdateKindLeave}
	}
	update := &types.ObjectUpdate{Obj: object, Kind: types.ObjectUpdateKindEnter}
	if known {
		update.Kind = types.ObjectUpdateKindModify
	}
	now := map[string]any{}
	for _, property := range read[0].PropSet {
		now[property.Name] = property.Val
		if last, same := before[property.Name]; !same || !reflect.DeepEqual(last, property.Val) {
			update.ChangeSet = append(update.ChangeSet, types.PropertyChange{Op: types.PropertyChangeOpAssign, Name: property.Name, Val: property.Val})
		}
	}
	for name := range before {
		if _, still := now[name]; !still {
			update.ChangeSet = append(update.ChangeSet, types.PropertyChange{Op: types.PropertyChangeOpAssign, Name: name})
		}
	}
	told[object] = now
	if known && len(update.ChangeSet) == 0 {
		return nil
	}
	return update
}

// objectsOf answers what a filter selects now.
func (c *collector) objectsOf(ctx *simulator.Context, filter *simulator.PropertyFilter) ([]types.ManagedObjectReference, types.BaseMethodFault) {
	var objects []types.ManagedObjectReference
	for _, root := range filter.Spec.ObjectSet {
		if list, ok := ctx.Session.Get(root.Obj).(*simulator.ListView); ok && len(root.SelectSet) > 0 {
			ctx.WithLock(list, func() { objects = append(objects, list.View...) })
			continue
		}
		spec := types.PropertyFilterSpec{PropSet: filter.Spec.PropSet, ObjectSet: []types.ObjectSpec{root}}
		read, fault := c.read(ctx, spec)
		if fault != nil && len(c.told[filter.Self]) == 0 {
			return nil, fault
		}
		for _, one := range read {
			objects = append(objects, one.Obj)
		}
	}
	return objects, nil
}

func (c *collector) read(ctx *simulator.Context, spec types.PropertyFilterSpec) ([]types.ObjectContent, types.BaseMethodFault) {
	answer := c.RetrievePropertiesEx(ctx, &types.RetrievePropertiesEx{SpecSet: []types.PropertyFilterSpec{spec}}).(*methods.RetrievePropertiesExBody)
	if answer.Fault_ != nil {
		fault, ok := answer.Fault_.VimFault().(types.BaseMethodFault)
		if !ok {
			fault = &types.ManagedObjectNotFound{}
		}
		return nil, fault
	}
	if answer.Res.Returnval == nil {
		return nil, nil
	}
	return answer.Res.Returnval.Objects, nil
}
