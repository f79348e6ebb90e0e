package main

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/handlers/callback"
	"github.com/xiangfeng/xiangfeng/jobs"
	"github.com/xiangfeng/xiangfeng/storage/queue"
)

// metrics counts what comes in. No label can hold anything of a person.
type metrics struct {
	registry *prometheus.Registry
	refused  *prometheus.CounterVec
	answered *prometheus.CounterVec
	took     *prometheus.HistogramVec
	heard    *prometheus.CounterVec
	jobs     *prometheus.CounterVec
	sent     *prometheus.CounterVec
	pushed   *prometheus.CounterVec
	reported *prometheus.CounterVec
	ran      *prometheus.CounterVec
	counted  *prometheus.CounterVec

	wrongTries *prometheus.CounterVec
	guessing   prometheus.Counter

	calls     *prometheus.CounterVec
	callsTook *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "xiangfeng_callback_refused_total", Help: "Packets that were not acted on, by reason.",
		}, []string{"reason"}),
		answered: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "xiangfeng_callback_answered_total", Help: "Packets that were answered, by kind and result.",
		}, []string{"kind", "result"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "xiangfeng_callback_seconds", Help: "From a packet's arrival to its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 3, 4, 5},
		}, []string{"kind"}),
	}
	m.heard = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "xiangfeng_chat_total", Help: "What people asked for, by intent; fallback is what was not understood.",
	}, []string{"intent"})
	m.jobs = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "xiangfeng_jobs_total", Help: "Tries of jobs, by kind and result; failed is given up for good.",
	}, []string{"kind", "result"})
	m.sent = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "xiangfeng_voice_answers_total", Help: "What became of the answers to recordings; in_doubt is not sent again.",
	}, []string{"result"})
	m.pushed = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "xiangfeng_push_total", Help: "What the platform said to notices, by channel; in_doubt is told on paper, repeated is sent again under its number.",
	}, []string{"channel", "result"})
	m.reported = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "xiangfeng_push_reports_total", Help: "What the platform told later of notices that it took.",
	}, []string{"report"})
	m.ran = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "xiangfeng_schedule_runs_total", Help: "Runs of the schedule's jobs, by result; failed is given up for good.",
	}, []string{"job", "result"})
	m.counted = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "xiangfeng_schedule_counts_total", Help: "What the schedule's jobs counted.",
	}, []string{"job", "count"})
	m.wrongTries, m.guessing = wrongTries(), guessing()
	m.calls = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "xiangfeng_api_requests_total", Help: "Calls of the Mini Program, by address and status.",
	}, []string{"address", "status"})
	m.callsTook = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "xiangfeng_api_seconds", Help: "From a call's arrival to its answer.",
		Buckets: []float64{.0025, .01, .025, .1, .25, .4, 1, 2.5, 5, 15, 60},
	}, []string{"address"})
	m.registry.MustRegister(m.refused, m.answered, m.took, m.heard, m.jobs, m.sent, m.pushed, m.reported, m.ran, m.counted, m.wrongTries, m.guessing, m.calls, m.callsTook,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Refused counts a packet that was not acted on.
func (m *metrics) Refused(reason string) { m.refused.WithLabelValues(reason).Inc() }

// Answered counts an answered packet and how long it took.
func (m *metrics) Answered(kind string, result callback.Result, took time.Duration) {
	m.answered.WithLabelValues(kind, string(result)).Inc()
	m.took.WithLabelValues(kind).Observe(took.Seconds())
}

// Called counts a call of the Mini Program, by an address of the API or "" for none.
func (m *metrics) Called(address string, status int, took time.Duration) {
	m.calls.WithLabelValues(address, strconv.Itoa(status)).Inc()
	m.callsTook.WithLabelValues(address).Observe(took.Seconds())
}

// Heard counts what was asked for.
func (m *metrics) Heard(intent string) { m.heard.WithLabelValues(intent).Inc() }

// JobEnded counts a try of a job.
func (m *metrics) JobEnded(kind string, result queue.Result) {
	m.jobs.WithLabelValues(kind, string(result)).Inc()
}

// Sent counts what became of the answer to a recording.
func (m *metrics) Sent(s jobs.Sent) { m.sent.WithLabelValues(string(s)).Inc() }

// Pushed counts what became of notices on the wire.
func (m *metrics) Pushed(c notice.Channel, became string, n int) {
	m.pushed.WithLabelValues(string(c), became).Add(float64(n))
}

// Reported counts what the platform told later of a notice.
func (m *metrics) Reported(r notice.Report) { m.reported.WithLabelValues(string(r)).Inc() }

// Ran counts a run of a job of the schedule, and what it counted.
func (m *metrics) Ran(job string, r jobs.Result, counts jobs.Counts) {
	m.ran.WithLabelValues(job, string(r)).Inc()
	for name, n := range counts {
		m.counted.WithLabelValues(job, name).Add(float64(n))
	}
}

func (m *metrics) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}
