package main

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// The simulator accepts one spelling of the user only; vCenter three, where the bare name gets the default domain.
type logins struct {
	user, domain, password string
	// Lets the lab itself look at what only the REST API shows.
	own   string
	mu    sync.Mutex
	tried []login
}

type login struct {
	User     string `json:"user"`
	Accepted bool   `json:"accepted"`
}

func newLogins(user, domain, password string) *logins {
	return &logins{user: user, domain: domain, password: password, own: uuid.NewString()}
}

const labUser = "the-lab-itself"

func (l *logins) valid(user, password string) bool {
	if user == labUser && password == l.own {
		return true
	}
	known := strings.EqualFold(user, l.user) ||
		strings.EqualFold(user, l.user+"@"+l.domain) ||
		strings.EqualFold(user, l.domain+`\`+l.user)
	accepted := known && password == l.password
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tried = append(l.tried, login{User: user, Accepted: accepted})
	return accepted
}

func (l *logins) list() []login {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]login{}, l.tried...)
}

func (l *logins) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tried = nil
}

const cookieName = "vmware_soap_session"

// Sessions by the cookie's value as it was sent. vCenter quotes the value and wants it back byte for byte; it ends
// sessions that are idle; and it checks the cookie of datastore uploads. The simulator does none of the three.
type sessions struct {
	mu     sync.Mutex
	usedAt map[string]time.Time
	idle   time.Duration
}

func newSessions() *sessions {
	return &sessions{usedAt: map[string]time.Time{}, idle: 30 * time.Minute}
}

// of answers the live session that a request belongs to, or "".
func (s *sessions) of(r *http.Request) string {
	for _, line := range r.Header.Values("Cookie") {
		for _, part := range strings.Split(line, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			if name == cookieName && s.use(value) {
				return value
			}
		}
	}
	return ""
}

func (s *sessions) use(value string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	used, found := s.usedAt[value]
	if !found {
		return false
	}
	if time.Since(used) > s.idle {
		delete(s.usedAt, value)
		return false
	}
	s.usedAt[value] = time.Now()
	return true
}

// quote changes the simulator's cookie into vCenter's, and remembers it.
func (s *sessions) quote(header http.Header) {
	cookies := header.Values("Set-Cookie")
	header.Del("Set-Cookie")
	for _, cookie := range cookies {
		value, found := strings.CutPrefix(cookie, cookieName+"=")
		if !found {
			header.Add("Set-Cookie", cookie)
			continue
		}
		value, _, _ = strings.Cut(value, ";")
		quoted := `"` + strings.Trim(value, `"`) + `"`
		s.mu.Lock()
		s.usedAt[quoted] = time.Now()
		s.mu.Unlock()
		header.Add("Set-Cookie", cookieName+"="+quoted+"; Path=/; HttpOnly; Secure")
	}
}

func (s *sessions) end(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.usedAt, value)
}

func (s *sessions) expireAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.usedAt)
}

func (s *sessions) setIdle(idle time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = idle
}

func (s *sessions) idleFor() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.idle
}

func (s *sessions) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.usedAt)
}
