package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

const (
	restSessionPath   = "/rest/com/vmware/cis/session"
	restSessionHeader = "Vmware-Api-Session-Id"
)

// Sessions of the REST API end with the others: when they are idle, and when the vCenter restarts.
type restSessions struct {
	mu     sync.Mutex
	usedAt map[string]time.Time
}

func (s *restSessions) begin(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.usedAt[id] = time.Now()
}

func (s *restSessions) use(id string, idle time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	used, found := s.usedAt[id]
	if !found || time.Since(used) > idle {
		delete(s.usedAt, id)
		return false
	}
	s.usedAt[id] = time.Now()
	return true
}

func (s *restSessions) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.usedAt)
}

func (s *restSessions) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.usedAt)
}

// other serves what is not SOAP: the REST API, and files on datastores.
func (g *gate) other(w http.ResponseWriter, r *http.Request, session string) {
	what := r.Method + " " + r.URL.RequestURI()
	isRest := strings.HasPrefix(r.URL.Path, "/rest") || strings.HasPrefix(r.URL.Path, "/api")
	isFile := strings.HasPrefix(r.URL.Path, "/folder")
	if !isRest && !isFile {
		g.next.ServeHTTP(w, r)
		return
	}
	changes := isRest && restChanges(r) || isFile && r.Method != http.MethodGet && r.Method != http.MethodHead
	g.note(func(c *counted) { c.Methods[r.Method+" "+r.URL.Path]++ })
	// Read whole, so that the end of the connection is noticed while the call is held.
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	held := g.calls.note(call{Method: what}, changes)
	if held != nil && held.When == "before" && !held.stop(r.Context()) {
		panic(http.ErrAbortHandler)
	}
	answer := httptest.NewRecorder()
	g.obeyPath(answer, r, what, session)
	if held != nil && held.When == "after" && !held.stop(r.Context()) {
		panic(http.ErrAbortHandler)
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

func (g *gate) obeyPath(w *httptest.ResponseRecorder, r *http.Request, what, session string) {
	rule := g.rules.nextPath(what)
	if rule != nil && rule.DelayMs > 0 {
		select {
		case <-time.After(time.Duration(rule.DelayMs) * time.Millisecond):
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
	switch {
	case rule != nil && rule.Drop == "before":
		panic(http.ErrAbortHandler)
	case rule != nil && rule.Status != 0:
		http.Error(w, "made by a rule of the lab", rule.Status)
		return
	case strings.HasPrefix(r.URL.Path, "/folder") && session == "":
		http.Error(w, "no session", http.StatusUnauthorized)
	case strings.HasPrefix(r.URL.Path, "/folder"):
		g.next.ServeHTTP(w, r)
	default:
		g.rest(w, r)
	}
	if rule != nil && rule.Drop == "after" {
		panic(http.ErrAbortHandler)
	}
}

func (g *gate) rest(w *httptest.ResponseRecorder, r *http.Request) {
	begins := r.Method == http.MethodPost && r.URL.Path == restSessionPath && r.URL.RawQuery == ""
	id := r.Header.Get(restSessionHeader)
	if cookie, err := r.Cookie("vmware-api-session-id"); err == nil && id == "" {
		id = cookie.Value
	}
	if !begins && !g.restSessions.use(id, g.sessions.idleFor()) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.WriteString(`{"type":"com.vmware.vapi.std.errors.unauthenticated","value":{"messages":[{"args":[],"default_message":"Authentication required.","id":"com.vmware.vapi.endpoint.method.authentication.required"}]}}`)
		return
	}
	g.next.ServeHTTP(w, r)
	if begins && w.Code == http.StatusOK {
		if made := valueOf(w.Body.Bytes()); made != "" {
			g.restSessions.begin(made)
		}
	}
	if strings.Contains(r.URL.RawQuery, "action=deploy") && w.Code == http.StatusOK {
		g.deployed(r.URL.Path, w.Body.Bytes())
	}
}
