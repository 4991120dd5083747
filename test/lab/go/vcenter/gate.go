package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

// The gate stands before the simulator: it counts, refuses what vCenter would refuse, and obeys the rules.
type gate struct {
	ctx      simulated
	next     http.Handler
	logins   *logins
	sessions *sessions
	rules    *rules
	methods  ownMethods
	guests   *guests

	calls        *calls
	restSessions *restSessions
	ownSession   string

	mu    sync.Mutex
	count counted
}

type counted struct {
	Requests    int            `json:"requests"`
	Methods     map[string]int `json:"methods"`
	Logins      []login        `json:"logins"`
	Sessions    int            `json:"sessions"`
	AnswerBytes int            `json:"answerBytes"`
	// Requests that the WSDL does not allow; vCenter answers each with InvalidRequest.
	Invalid []string `json:"invalid"`
}

func newGate(ctx simulated, logins *logins, guests *guests, next http.Handler) *gate {
	made := &gate{
		ctx: ctx, next: next, logins: logins, sessions: newSessions(), rules: newRules(), guests: guests,
		calls: &calls{}, restSessions: &restSessions{usedAt: map[string]time.Time{}},
		methods: ownMethods{
			"CloneVM_Task":    cloneVM(guests),
			"ReconfigVM_Task": reconfigureVM,
			"PowerOffVM_Task": guests.powerOff,
			"Destroy_Task":    guests.destroy,
			"ShutdownGuest":   guests.shutdown,
			"RebootGuest":     guests.reboot,
		},
	}
	made.reset()
	return made
}

func (g *gate) reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.count = counted{Methods: map[string]int{}, Invalid: []string{}}
	g.calls.reset()
	g.logins.forget()
}

func (g *gate) counted() counted {
	g.mu.Lock()
	defer g.mu.Unlock()
	copied := g.count
	copied.Methods = map[string]int{}
	for method, times := range g.count.Methods {
		copied.Methods[method] = times
	}
	copied.Logins, copied.Sessions = g.logins.list(), g.sessions.count()
	return copied
}

func (g *gate) note(change func(*counted)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(&g.count)
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.note(func(c *counted) { c.Requests++ })
	session := g.sessions.of(r)
	switch {
	case r.URL.Path == "/sdk" && r.Method == http.MethodPost:
		g.call(w, r, session)
	default:
		g.other(w, r, session)
	}
}

// withoutSession: what may be asked by anybody.
var withoutSession = map[string]bool{"RetrieveServiceContent": true, "Login": true, "LoginByToken": true}

func (g *gate) call(w http.ResponseWriter, r *http.Request, session string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if session == "" {
		r.Header.Del("Cookie")
	}
	if problem := checkRequest(string(body)); problem != nil {
		log.Printf("invalid request: %v", problem)
		g.note(func(c *counted) { c.Invalid = append(c.Invalid, problem.Error()) })
		g.fault(w, &types.InvalidRequest{}, problem.Error())
		return
	}
	method, err := simulator.UnmarshalBody(typeOf, body)
	if err != nil {
		g.fault(w, &types.InvalidRequest{}, err.Error())
		return
	}
	g.note(func(c *counted) { c.Methods[method.Name]++ })
	if session == "" && !withoutSession[method.Name] {
		this := method.This
		g.fault(w, &types.NotAuthenticated{NoPermission: types.NoPermission{Object: &this, PrivilegeId: "System.View"}}, "The session is not authenticated.")
		return
	}
	if method.Name == "Logout" {
		defer g.sessions.end(session)
	}
	g.stopHere(w, r, body, method)
}

// stopHere obeys a test that wants to do something just before this call, or just after it.
func (g *gate) stopHere(w http.ResponseWriter, r *http.Request, body []byte, method *simulator.Method) {
	made := call{Method: method.Name, Object: method.This.Value}
	if entity, ok := g.ctx.Map.Get(method.This).(mo.Entity); ok {
		made.Name = entity.Entity().Name
	}
	held := g.calls.note(made, changesAnything(method.Name))
	if held == nil {
		g.obey(w, r, body, method)
		return
	}
	if held.When == "before" && !held.stop(r.Context()) {
		panic(http.ErrAbortHandler)
	}
	answer := httptest.NewRecorder()
	g.obey(answer, r, body, method)
	if held.When == "after" && !held.stop(r.Context()) {
		panic(http.ErrAbortHandler)
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

func (g *gate) obey(w http.ResponseWriter, r *http.Request, body []byte, method *simulator.Method) {
	forward := func(to http.ResponseWriter) {
		if g.answerOurselves(to, method) {
			return
		}
		again := r.Clone(r.Context())
		again.Body = io.NopCloser(bytes.NewReader(body))
		g.next.ServeHTTP(to, again)
	}
	rule := g.rules.next(g.ctx, method)
	if rule == nil {
		g.relay(w, forward)
		return
	}
	if rule.DelayMs > 0 {
		select {
		case <-time.After(time.Duration(rule.DelayMs) * time.Millisecond):
		case <-r.Context().Done():
			return
		}
	}
	switch {
	case rule.Drop == "before":
		panic(http.ErrAbortHandler)
	case rule.Drop == "after":
		forward(httptest.NewRecorder())
		panic(http.ErrAbortHandler)
	case rule.Status != 0:
		http.Error(w, "made by a rule of the lab", rule.Status)
	case rule.Fault != nil:
		fault, err := rule.Fault.make()
		if err != nil {
			panic(err) // was tried when the rule was added
		}
		g.fault(w, fault, rule.Fault.text())
	case rule.Task != nil:
		ref := g.rules.startTask(g.ctx, method, rule.Task, func() (*simulator.Task, error) { return g.reallyRun(forward) })
		answer := fmt.Sprintf(`<%[1]sResponse xmlns="urn:vim25"><returnval type="Task">%[2]s</returnval></%[1]sResponse>`, method.Name, ref.Value)
		g.write(w, http.StatusOK, answer)
	default:
		g.relay(w, forward)
	}
}

// relay passes the simulator's answer on, with the cookie as vCenter writes it.
func (g *gate) relay(w http.ResponseWriter, forward func(http.ResponseWriter)) {
	answer := httptest.NewRecorder()
	forward(answer)
	g.sessions.quote(answer.Header())
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	g.note(func(c *counted) { c.AnswerBytes += answer.Body.Len() })
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

var taskInAnswer = regexp.MustCompile(`type="Task"[^>]*>([^<]+)<`)

func (g *gate) reallyRun(forward func(http.ResponseWriter)) (*simulator.Task, error) {
	answer := httptest.NewRecorder()
	forward(answer)
	found := taskInAnswer.FindStringSubmatch(answer.Body.String())
	if found == nil {
		return nil, errors.New(answer.Body.String())
	}
	task, ok := g.ctx.Map.Get(types.ManagedObjectReference{Type: "Task", Value: found[1]}).(*simulator.Task)
	if !ok {
		return nil, fmt.Errorf("there is no task %s", found[1])
	}
	return task, nil
}

func (g *gate) fault(w http.ResponseWriter, fault types.BaseMethodFault, message string) {
	kind := reflect.TypeOf(fault).Elem().Name()
	start := xml.StartElement{Name: xml.Name{Local: kind + "Fault"}, Attr: []xml.Attr{
		{Name: xml.Name{Local: "xmlns"}, Value: "urn:vim25"},
		{Name: xml.Name{Local: "xsi:type"}, Value: kind},
	}}
	var detail, text bytes.Buffer
	encoder := xml.NewEncoder(&detail)
	if err := encoder.EncodeElement(fault, start); err != nil {
		panic(err)
	}
	_ = xml.EscapeText(&text, []byte(message))
	g.write(w, http.StatusInternalServerError, fmt.Sprintf(
		`<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>%s</faultstring><detail>%s</detail></soapenv:Fault>`,
		text.String(), detail.String()))
}

func (g *gate) write(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `%s<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>%s</soapenv:Body></soapenv:Envelope>`, xml.Header, body)
}
