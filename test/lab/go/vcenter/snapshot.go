package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// All that a cluster could leave behind in a vCenter, for comparing before and after. Everything is sorted.
type inventory struct {
	VMs        []vmState           `json:"vms"`
	Folders    []string            `json:"folders"`
	Categories []categoryState     `json:"categories"`
	Attributes []string            `json:"customAttributes"`
	Rules      map[string][]string `json:"rules"` // by cluster
	Files      map[string][]string `json:"files"` // by datastore
	Free       map[string]int64    `json:"freeBytes"`
	Library    map[string][]string `json:"libraryItems"`
}

type vmState struct {
	Path         string   `json:"path"`
	InstanceUUID string   `json:"instanceUuid"`
	PoweredOn    bool     `json:"poweredOn"`
	Template     bool     `json:"template"`
	Annotation   string   `json:"annotation"`
	Host         string   `json:"host"`
	Iso          string   `json:"iso"`
	Devices      []string `json:"devices"`
}

type categoryState struct {
	Name string     `json:"name"`
	Tags []tagState `json:"tags"`
}

type tagState struct {
	Name string `json:"name"`
	// Managed object ids.
	Objects []string `json:"objects"`
}

func (g *gate) inventory() (*inventory, error) {
	ctx := ownContext(g.ctx)
	all := &inventory{
		VMs: []vmState{}, Folders: []string{}, Attributes: []string{},
		Rules: map[string][]string{}, Files: map[string][]string{}, Free: map[string]int64{},
	}
	for _, entity := range ctx.Map.All("") {
		ctx.WithLock(entity, func() { all.add(ctx, entity) })
	}
	slices.SortFunc(all.VMs, func(a, b vmState) int { return strings.Compare(a.Path, b.Path) })
	slices.Sort(all.Folders)
	for _, field := range ctx.Map.CustomFieldsManager().Field {
		all.Attributes = append(all.Attributes, field.Name)
	}
	slices.Sort(all.Attributes)
	var err error
	if all.Categories, err = g.categories(); err != nil {
		return nil, err
	}
	all.Library, err = g.libraryItems()
	return all, err
}

func (all *inventory) add(ctx simulated, entity mo.Entity) {
	switch entity := entity.(type) {
	case *simulator.VirtualMachine:
		devices := []string{}
		for _, device := range entity.Config.Hardware.Device {
			devices = append(devices, fmt.Sprintf("%d %s", device.GetVirtualDevice().Key, strings.TrimPrefix(fmt.Sprintf("%T", device), "*types.")))
		}
		slices.Sort(devices)
		host := ""
		if found, ok := ctx.Map.Get(*entity.Runtime.Host).(mo.Entity); ok {
			host = found.Entity().Name
		}
		all.VMs = append(all.VMs, vmState{
			Path: pathOf(ctx, entity), InstanceUUID: entity.Config.InstanceUuid, Template: entity.Config.Template,
			PoweredOn:  entity.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn,
			Annotation: entity.Config.Annotation, Host: host, Iso: isoOf(entity.Config.Hardware.Device), Devices: devices,
		})
	case *simulator.Folder:
		all.Folders = append(all.Folders, pathOf(ctx, entity))
	case *simulator.ClusterComputeResource:
		all.Rules[pathOf(ctx, entity)] = rulesOf(ctx, entity)
	case *simulator.Datastore:
		all.Free[pathOf(ctx, entity)] = entity.Summary.FreeSpace
		all.Files[pathOf(ctx, entity)] = filesBelow(entity.Summary.Url)
	}
}

func rulesOf(ctx simulated, cluster *simulator.ClusterComputeResource) []string {
	rules := []string{}
	for _, rule := range cluster.ConfigurationEx.(*types.ClusterConfigInfoEx).Rule {
		text := rule.GetClusterRuleInfo().Name
		if apart, ok := rule.(*types.ClusterAntiAffinityRuleSpec); ok {
			names := []string{}
			for _, ref := range apart.Vm {
				if vm, ok := ctx.Map.Get(ref).(mo.Entity); ok {
					names = append(names, vm.Entity().Name)
				} else {
					names = append(names, ref.Value+" (gone)")
				}
			}
			slices.Sort(names)
			text += ": apart " + strings.Join(names, ", ")
		}
		rules = append(rules, text)
	}
	slices.Sort(rules)
	return rules
}

// filesBelow lists files and empty folders.
func filesBelow(root string) []string {
	files := []string{}
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // deleted while we look
		}
		below, _ := filepath.Rel(root, path)
		if entry.IsDir() {
			if content, err := filepath.Glob(filepath.Join(path, "*")); err == nil && len(content) == 0 && below != "." {
				files = append(files, below+"/")
			}
			return nil
		}
		files = append(files, below)
		return nil
	})
	slices.Sort(files)
	return files
}

func pathOf(ctx simulated, entity mo.Entity) string {
	path := ""
	for entity != nil && entity.Entity().Parent != nil {
		path = "/" + entity.Entity().Name + path
		entity, _ = ctx.Map.Get(*entity.Entity().Parent).(mo.Entity)
	}
	if path == "" {
		return "/"
	}
	return path
}

func (g *gate) categories() ([]categoryState, error) {
	const tagging = "/rest/com/vmware/cis/tagging/"
	all := []categoryState{}
	var ids []string
	if err := g.askRest(http.MethodGet, tagging+"category", &ids); err != nil {
		return nil, err
	}
	for _, id := range ids {
		var category struct{ Name string }
		if err := g.askRest(http.MethodGet, tagging+"category/id:"+id, &category); err != nil {
			return nil, err
		}
		state := categoryState{Name: category.Name, Tags: []tagState{}}
		var tags []string
		if err := g.askRest(http.MethodPost, tagging+"tag/id:"+id+"?~action=list-tags-for-category", &tags); err != nil {
			return nil, err
		}
		for _, tag := range tags {
			var one struct{ Name string }
			if err := g.askRest(http.MethodGet, tagging+"tag/id:"+tag, &one); err != nil {
				return nil, err
			}
			var objects []struct{ Id string }
			if err := g.askRest(http.MethodPost, tagging+"tag-association/id:"+tag+"?~action=list-attached-objects", &objects); err != nil {
				return nil, err
			}
			made := tagState{Name: one.Name, Objects: []string{}}
			for _, object := range objects {
				made.Objects = append(made.Objects, object.Id)
			}
			slices.Sort(made.Objects)
			state.Tags = append(state.Tags, made)
		}
		slices.SortFunc(state.Tags, func(a, b tagState) int { return strings.Compare(a.Name, b.Name) })
		all = append(all, state)
	}
	slices.SortFunc(all, func(a, b categoryState) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

func (g *gate) libraryItems() (map[string][]string, error) {
	const content = "/rest/com/vmware/content/library"
	all := map[string][]string{}
	var libraries []string
	if err := g.askRest(http.MethodGet, content, &libraries); err != nil {
		return nil, err
	}
	for _, id := range libraries {
		var library, item struct{ Name string }
		if err := g.askRest(http.MethodGet, content+"/id:"+id, &library); err != nil {
			return nil, err
		}
		var ids []string
		if err := g.askRest(http.MethodGet, content+"/item?library_id="+id, &ids); err != nil {
			return nil, err
		}
		names := []string{}
		for _, one := range ids {
			if err := g.askRest(http.MethodGet, content+"/item/id:"+one, &item); err != nil {
				return nil, err
			}
			names = append(names, item.Name)
		}
		slices.Sort(names)
		all[library.Name] = names
	}
	return all, nil
}

// askRest goes past the gate: a look at the inventory is not a call that anybody counts.
func (g *gate) askRest(method, path string, into any) error {
	if g.ownSession == "" {
		request := httptest.NewRequest(http.MethodPost, restSessionPath, nil)
		request.SetBasicAuth(labUser, g.logins.own)
		answer := httptest.NewRecorder()
		g.next.ServeHTTP(answer, request)
		g.ownSession = valueOf(answer.Body.Bytes())
	}
	request := httptest.NewRequest(method, path, strings.NewReader("{}")) // some POSTs that only read want a body
	request.Header.Set(restSessionHeader, g.ownSession)
	answer := httptest.NewRecorder()
	g.next.ServeHTTP(answer, request)
	if answer.Code != http.StatusOK {
		return fmt.Errorf("%s %s: %d %s", method, path, answer.Code, answer.Body.String())
	}
	wrapped := struct {
		Value any `json:"value"`
	}{Value: into}
	return json.Unmarshal(answer.Body.Bytes(), &wrapped)
}
