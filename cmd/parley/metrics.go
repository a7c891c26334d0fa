package main

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/live"
)

// metrics is what Prometheus reads. It works before there is a database, with fewer metrics.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	parts    atomic.Pointer[parts]
	log      *slog.Logger
}

// parts are read when someone reads the metrics.
type parts struct {
	pool *pgxpool.Pool
	bus  *live.Bus
}

func newMetrics(log *slog.Logger) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "parley_http_request_duration_seconds", Help: "How long requests took, by route template.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"method", "route", "status"}),
		log: log,
	}
	m.registry.MustRegister(m.requests, m, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// observe measures every request except streams, which last as long as a page is open.
func (m *metrics) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		if err := next(c); err != nil {
			c.Error(err) // so that the status is known here
		}
		if strings.HasPrefix(c.Response().Header().Get("Content-Type"), "text/event-stream") ||
			c.Response().Status == http.StatusSwitchingProtocols {
			return nil
		}
		route := c.Path()
		if route == "" {
			route = "none"
		}
		m.requests.WithLabelValues(method(c.Request().Method), route, strconv.Itoa(c.Response().Status)).Observe(time.Since(start).Seconds())
		return nil
	}
}

// method keeps a client from inventing labels.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// description describes a metric of Collect.
func description(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("parley_"+name, help, labels, nil)
}

// Describe is empty: the queues are not known beforehand.
func (m *metrics) Describe(chan<- *prometheus.Desc) {}

// Collect reads the pool, the bus and the queue.
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	p := m.parts.Load()
	if p == nil {
		return
	}
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	counter := func(d *prometheus.Desc, value float64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, value)
	}
	s := p.pool.Stat()
	connections := description("database_connections", "Connections of the pool.", "state")
	gauge(connections, float64(s.AcquiredConns()), "used")
	gauge(connections, float64(s.IdleConns()), "idle")
	gauge(description("database_connections_max", "The most connections that the pool opens."), float64(s.MaxConns()))
	counter(description("database_acquires_total", "Connections that were taken from the pool."), float64(s.AcquireCount()))
	counter(description("database_acquires_waited_total", "Connections that had to be waited for."), float64(s.EmptyAcquireCount()))
	counter(description("database_acquire_wait_seconds_total", "Time spent waiting for connections."), s.EmptyAcquireWaitTime().Seconds())
	gauge(description("live_subscribers", "Open live streams."), float64(p.bus.Subscribers()))

	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	counts, err := job.Waiting(ctx, p.pool)
	if err != nil {
		m.log.Warn("jobs could not be counted for the metrics", "error", err)
		return
	}
	jobs := description("jobs", "Jobs that are not finished.", "queue", "state")
	for _, c := range counts {
		gauge(jobs, float64(c.Jobs), c.Queue, c.State)
	}
}
