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
//	GET    /calls/list          every call, in order (see `call`)
//	POST   /calls/hold          {"at": 3, "when": "before"}: stops the third call that changes something (see `hold`)
//	GET    /calls/held          waits until it is there, and answers it
//	POST   /calls/release       {"drop": false}: lets it go on, or drops its connection
//	GET    /inventory           see `inventory`
//	POST   /tools/silence       {"names": ["node-1"]}: VMs whose tools do not report; "*" is every one on paper
//	POST   /datastores/free     {"name": "LocalDS_0", "bytes": 1000}
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
	mux.HandleFunc("GET /calls/list", func(w http.ResponseWriter, _ *http.Request) { answer(w, g.calls.all()) })
	mux.HandleFunc("POST /calls/hold", func(w http.ResponseWriter, r *http.Request) {
		var wanted hold
		if read(w, r, &wanted) {
			g.calls.set(&wanted)
		}
	})
	mux.HandleFunc("GET /calls/held", func(w http.ResponseWriter, r *http.Request) { answer(w, g.calls.awaitHeld(r.Context())) })
	mux.HandleFunc("POST /calls/release", func(w http.ResponseWriter, r *http.Request) {
		var how struct{ Drop bool }
		if read(w, r, &how) {
			g.calls.release(how.Drop)
		}
	})
	mux.HandleFunc("GET /inventory", func(w http.ResponseWriter, _ *http.Request) {
		found, err := g.inventory()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		answer(w, found)
	})
	mux.HandleFunc("POST /tools/silence", func(w http.ResponseWriter, r *http.Request) {
		var who struct{ Names []string }
		if read(w, r, &who) {
			g.guests.silence(who.Names)
		}
	})
	mux.HandleFunc("POST /datastores/free", func(w http.ResponseWriter, r *http.Request) {
		var what struct {
			Name  string
			Bytes int64
		}
		if !read(w, r, &what) {
			return
		}
		if err := setFreeSpace(g.ctx, what.Name, what.Bytes); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})
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
	mux.HandleFunc("POST /sessions/expire", func(http.ResponseWriter, *http.Request) {
		g.sessions.expireAll()
		g.restSessions.clear()
	})
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
