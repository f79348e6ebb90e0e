package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/sample"
)

// What people ask is counted by intent, what was not understood as fallback,
// and never their words.
func TestMetricsCountWhatIsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onSQLite(t))
	who := sample.DemoCast()[0].OpenID
	for _, words := range []string{"积分", "鸡分", "排名", "锄禾日当午"} {
		w.says(t, who, words)
	}
	shown := httptest.NewRecorder()
	w.metrics.handler().ServeHTTP(shown, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{
		`xiangfeng_chat_total{intent="points"} 2`, `xiangfeng_chat_total{intent="rank"} 1`, `xiangfeng_chat_total{intent="fallback"} 1`,
		`xiangfeng_callback_answered_total{kind="text",result="replied"} 4`,
	} {
		if !strings.Contains(shown.Body.String(), want) {
			t.Errorf("/metrics does not say %s", want)
		}
	}
	if strings.Contains(shown.Body.String(), "锄禾") {
		t.Error("/metrics holds what somebody said")
	}
}
