package main

import (
	"context"
	"net/http"
	"strings"
	"sync"
)

// call is what was asked, in order. Those that change something are numbered from 1 since the last reset.
type call struct {
	// SOAP method, or "PUT /folder/…" for all else.
	Method string `json:"method"`
	// Managed object id, and name where it has one.
	Object string `json:"object"`
	Name   string `json:"name"`
	// 0 for one that only reads.
	Change int `json:"change"`
}

// A call that changes something can be held, before it has run or after: whoever made it can be killed just there.
type calls struct {
	mu      sync.Mutex
	list    []call
	changes int
	hold    *hold
}

type hold struct {
	At int `json:"at"`
	// "before" or "after" it has run.
	When string `json:"when"`

	reached  chan struct{}
	released chan struct{}
	// Set before `reached` is closed.
	call call
	drop bool
}

func (c *calls) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list, c.changes = nil, 0
}

func (c *calls) all() []call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]call{}, c.list...)
}

func (c *calls) set(wanted *hold) {
	wanted.reached, wanted.released = make(chan struct{}), make(chan struct{})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hold = wanted
}

// note adds a call, and answers the hold that is for it.
func (c *calls) note(made call, changes bool) *hold {
	c.mu.Lock()
	defer c.mu.Unlock()
	if changes {
		c.changes++
		made.Change = c.changes
	}
	c.list = append(c.list, made)
	if c.hold == nil || c.hold.At != made.Change || !changes {
		return nil
	}
	c.hold.call = made
	return c.hold
}

// stop waits until the call is released, and says whether it may go on: not when its caller is gone.
func (h *hold) stop(ctx context.Context) bool {
	close(h.reached)
	select {
	case <-h.released:
		return !h.drop
	case <-ctx.Done():
		return false
	}
}

// awaitHeld answers the call that is held, as soon as there is one.
func (c *calls) awaitHeld(ctx context.Context) *call {
	c.mu.Lock()
	hold := c.hold
	c.mu.Unlock()
	if hold == nil {
		return nil
	}
	select {
	case <-hold.reached:
		return &hold.call
	case <-ctx.Done():
		return nil
	}
}

// release lets it go on, or drops its connection.
func (c *calls) release(drop bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hold == nil {
		return
	}
	c.hold.drop = drop
	close(c.hold.released)
	c.hold = nil
}

// readOnly begins the names of methods that change nothing which anybody else sees.
var readOnly = []string{
	"Retrieve", "ContinueRetrieve", "Find", "Search", "Query", "Fetch", "Has", "Check", "CurrentTime", "Current", "List",
	"WaitForUpdates", "CancelWaitForUpdates", "CreateFilter", "CreatePropertyCollector", "DestroyPropertyCollector",
	"DestroyPropertyFilter", "CreateContainerView", "CreateListView", "ModifyListView", "DestroyView", "Login", "Logout",
	"SessionIsActive", "Acquire", "Recommend", "Place", "Refresh", "Validate",
}

func changesAnything(method string) bool {
	for _, start := range readOnly {
		if strings.HasPrefix(method, start) {
			return false
		}
	}
	return true
}

// restChanges: with POST the REST API also reads (list, find, filter) and logs in.
func restChanges(r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || strings.HasSuffix(r.URL.Path, "/session") {
		return false
	}
	action := r.URL.Query().Get("~action") + r.URL.Query().Get("action")
	return !strings.HasPrefix(action, "list") && action != "find" && action != "get" && action != "filter"
}
