package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// A rule makes calls go wrong that would have gone well.
type rule struct {
	// A SOAP method; "*" is every one, "" is none.
	Method string `json:"method"`
	// A regular expression over what is not SOAP: "PUT /folder/", "^POST /rest/com/vmware/cis/tagging/".
	Path string `json:"path"`
	// Name or managed object id of what the method is called on; "" is anything.
	Object string `json:"object"`
	// So many calls pass before it begins, and it ends after so many (0: never).
	Skip  int `json:"skip"`
	Times int `json:"times"`

	DelayMs int `json:"delayMs"`
	// Closes the connection instead of answering: "before" the method has run, or "after" it.
	Drop string `json:"drop"`
	// An HTTP status instead of an answer, as from a proxy in front of a vCenter that starts.
	Status int        `json:"status"`
	Fault  *faultRule `json:"fault"`
	Task   *taskRule  `json:"task"`

	path *regexp.Regexp
}

type faultRule struct {
	// A fault of vim25: "NoPermission".
	Type string `json:"type"`
	// What it has, as govmomi's JSON.
	Fields  json.RawMessage `json:"fields"`
	Message string          `json:"message"`
}

// The method's task is replaced by one that reports these percentages first.
type taskRule struct {
	Percents []int32 `json:"percents"`
	StepMs   int     `json:"stepMs"`
	// Goes on from each percentage only when it is released: whoever looks sees every one.
	Hold bool `json:"hold"`
	// "run" does what was asked, "hang" waits until it is cancelled, "stick" does not even listen to that, "fail" fails.
	Then  string     `json:"then"`
	Fault *faultRule `json:"fault"`
}

func (f *faultRule) make() (types.BaseMethodFault, error) {
	kind, known := typeOf(f.Type)
	if !known {
		return nil, fmt.Errorf("vim25 has no %s", f.Type)
	}
	value := reflect.New(kind).Interface()
	if len(f.Fields) > 0 {
		if err := json.Unmarshal(f.Fields, value); err != nil {
			return nil, err
		}
	}
	fault, ok := value.(types.BaseMethodFault)
	if !ok {
		return nil, fmt.Errorf("%s is not a fault", f.Type)
	}
	return fault, nil
}

func (f *faultRule) text() string {
	if f.Message != "" {
		return f.Message
	}
	return "Made by a rule of the lab."
}

type rules struct {
	mu   sync.Mutex
	list []*rule
	// Closed by the next release.
	released chan struct{}
}

func newRules() *rules { return &rules{released: make(chan struct{})} }

// release lets every task that holds go on.
func (r *rules) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.released)
	r.released = make(chan struct{})
}

func (r *rules) untilReleased() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.released
}

func (r *rules) add(made *rule) error {
	if made.Path != "" {
		path, err := regexp.Compile(made.Path)
		if err != nil {
			return err
		}
		made.path = path
	}
	faults := []*faultRule{made.Fault}
	if made.Task != nil {
		faults = append(faults, made.Task.Fault)
	}
	for _, fault := range faults {
		if fault == nil {
			continue
		}
		if _, err := fault.make(); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, made)
	return nil
}

func (r *rules) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = nil
}

// next answers the first rule for a call, and counts it.
func (r *rules) next(ctx simulated, method *simulator.Method) *rule {
	return r.first(func(candidate *rule) bool {
		isMethod := candidate.Method == "*" || candidate.Method == method.Name
		return isMethod && (candidate.Object == "" || isCalled(ctx, method.This, candidate.Object))
	})
}

// nextPath does so for what is not SOAP.
func (r *rules) nextPath(what string) *rule {
	return r.first(func(candidate *rule) bool { return candidate.path != nil && candidate.path.MatchString(what) })
}

func (r *rules) first(fits func(*rule) bool) *rule {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, candidate := range r.list {
		if !fits(candidate) {
			continue
		}
		if candidate.Skip > 0 {
			candidate.Skip--
			continue
		}
		if candidate.Times == 1 {
			r.list = append(r.list[:i:i], r.list[i+1:]...)
		} else if candidate.Times > 1 {
			candidate.Times--
		}
		return candidate
	}
	return nil
}

func isCalled(ctx simulated, ref types.ManagedObjectReference, name string) bool {
	if ref.Value == name {
		return true
	}
	entity, ok := ctx.Map.Get(ref).(mo.Entity)
	return ok && entity.Entity().Name == name
}

// startTask puts a task of the lab's own in front of what the method would do.
func (r *rules) startTask(ctx simulated, method *simulator.Method, how *taskRule, really func() (*simulator.Task, error)) types.ManagedObjectReference {
	entity := types.ManagedObjectReference{Type: method.This.Type, Value: method.This.Value}
	task := simulator.CreateTask(entity, method.Name, nil)
	ctx.Map.Put(task)
	set := func(changes ...types.PropertyChange) { ctx.Map.AtomicUpdate(ctx, task, changes) }
	set(
		types.PropertyChange{Name: "info.key", Val: task.Self.Value},
		types.PropertyChange{Name: "info.task", Val: task.Self},
		types.PropertyChange{Name: "info.cancelable", Val: how.Then != "stick"},
		types.PropertyChange{Name: "info.state", Val: types.TaskInfoStateRunning},
		types.PropertyChange{Name: "info.startTime", Val: time.Now()},
	)
	ended := func() bool {
		ended := false
		ctx.Map.WithLock(ctx, task, func() { ended = task.Info.CompleteTime != nil })
		return ended
	}
	finish := func(state types.TaskInfoState, result any, fault any) {
		if ended() {
			return
		}
		set(
			types.PropertyChange{Name: "info.completeTime", Val: time.Now()},
			types.PropertyChange{Name: "info.result", Val: result},
			types.PropertyChange{Name: "info.error", Val: fault},
			types.PropertyChange{Name: "info.state", Val: state},
		)
	}
	fail := func(fault types.BaseMethodFault, message string) {
		finish(types.TaskInfoStateError, nil, &types.LocalizedMethodFault{Fault: fault, LocalizedMessage: message})
	}
	go func() {
		for _, percent := range how.Percents {
			time.Sleep(time.Duration(how.StepMs) * time.Millisecond)
			if ended() {
				return
			}
			// Asked for first: who sees the percentage may release at once.
			released := r.untilReleased()
			set(types.PropertyChange{Name: "info.progress", Val: percent})
			if how.Hold {
				<-released
			}
		}
		switch how.Then {
		case "fail":
			fault, err := how.Fault.make()
			if err != nil {
				panic(err) // was tried when the rule was added
			}
			fail(fault, how.Fault.text())
		case "run":
			inner, err := really()
			if err != nil {
				fail(&types.SystemError{Reason: err.Error()}, err.Error())
				return
			}
			inner.Wait()
			var done types.TaskInfo
			ctx.Map.WithLock(ctx, inner, func() { done = inner.Info })
			if done.Error != nil {
				fail(done.Error.Fault, done.Error.LocalizedMessage)
				return
			}
			finish(done.State, done.Result, nil)
		}
	}()
	return task.Self
}
