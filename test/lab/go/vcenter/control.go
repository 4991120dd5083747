package main

import (
	"encoding/json"
	"net"
	"net/http"
	"time"
)

// The control endpoint: plain HTTP on the loopback, for the test that started us.
//
//	GET    /calls               what was asked since the last reset
//	DELETE /calls               resets it
//	POST   /rules               adds a rule (see `rule`)
//	DELETE /rules               removes all
//	POST   /tasks/release       lets the tasks go on that a rule holds
//	POST   /sessions/expire     ends every session, as after a restart
//	POST   /sessions/idle       {"ms": 300}: ends sessions that are idle for so long
//	POST   /privileges/revoke   {"privilege": "…", "object": "vm-1"}
//	DELETE /privileges          gives all back
//	POST   /certificate         {"addresses": ["127.0.0.1"], "names": []}: another certificate; answers its thumbprint
func controlHandler(g *gate, c *certificates, p *privileges) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /calls", func(w http.ResponseWriter, _ *http.Request) { answer(w, g.counted()) })
	mux.HandleFunc("DELETE /calls", func(http.ResponseWriter, *http.Request) { g.reset() })
	mux.HandleFunc("POST /rules", func(w http.ResponseWriter, r *http.Request) {
		var made rule
		if read(w, r, &made) {
			if err := g.rules.add(&made); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
			}
		}
	})
	mux.HandleFunc("DELETE /rules", func(http.ResponseWriter, *http.Request) { g.rules.clear() })
	mux.HandleFunc("POST /tasks/release", func(http.ResponseWriter, *http.Request) { g.rules.release() })
	mux.HandleFunc("POST /sessions/expire", func(http.ResponseWriter, *http.Request) { g.sessions.expireAll() })
	mux.HandleFunc("POST /sessions/idle", func(w http.ResponseWriter, r *http.Request) {
		var idle struct{ Ms int }
		if read(w, r, &idle) {
			g.sessions.setIdle(time.Duration(idle.Ms) * time.Millisecond)
		}
	})
	mux.HandleFunc("POST /privileges/revoke", func(w http.ResponseWriter, r *http.Request) {
		var what revocation
		if read(w, r, &what) {
			p.revoke(what)
		}
	})
	mux.HandleFunc("DELETE /privileges", func(http.ResponseWriter, *http.Request) { p.restore() })
	mux.HandleFunc("POST /certificate", func(w http.ResponseWriter, r *http.Request) {
		var wanted struct {
			Addresses []net.IP
			Names     []string
		}
		if !read(w, r, &wanted) {
			return
		}
		if err := c.replace(wanted.Addresses, wanted.Names); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		answer(w, map[string]string{"sha256": c.sha256()})
	})
	return mux
}

func read(w http.ResponseWriter, r *http.Request, into any) bool {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}
