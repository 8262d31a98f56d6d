package web

import (
	"context"

	"github.com/earshotdesk/earshot/internal/desk"
)

// layerReport is what the desk learned from corrections by itself.
type layerReport struct {
	Body struct {
		State    desk.LayerState     `json:"state" doc:"What is in force, whether the desk learns, and how many corrections wait."`
		Versions []desk.LayerVersion `json:"versions" doc:"Newest first. One that the guard refused says why."`
	}
}

func (s *Server) apiLayer(ctx context.Context, _ *struct{}) (*layerReport, error) {
	state, list, err := s.opt.Learning.Layer(ctx)
	if err != nil {
		return nil, s.apiErr("layer", err)
	}
	var out layerReport
	out.Body.State, out.Body.Versions = state, append([]desk.LayerVersion{}, list...)
	return &out, nil
}
