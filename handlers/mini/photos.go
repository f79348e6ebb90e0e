package mini

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

// Photographer keeps pictures and tells where they are shown.
type Photographer interface {
	// Keep reads one picture and keeps it. It refuses what is none.
	Keep(ctx context.Context, cmd usecase.Command, v village.ID, r io.Reader) (script.Kept, error)
	// Show is where a kept picture and its thumbnail are seen for some minutes.
	Show(hash string) (url, thumb string)
}

type photoBody struct {
	Hash  string `json:"hash"`
	URL   string `json:"url"`
	Thumb string `json:"thumb"`
	// Checking is what the team sees of a picture until it has passed: no address.
	Checking bool `json:"checking,omitempty" doc:"it has not passed yet, and is shown when it has"`
}

// album is what somebody may see of some pictures, by their hashes.
type album map[record.PhotoHash]photoBody

// of are those of the pictures that may be seen.
func (al album) of(hashes []record.PhotoHash) []photoBody {
	body := []photoBody{}
	for _, h := range hashes {
		if p, ok := al[h]; ok {
			body = append(body, p)
		}
	}
	return body
}

// album finds which of the pictures the caller may see, and where.
func (a *API) album(ctx context.Context, c caller, hashes []record.PhotoHash) (album, error) {
	names := make([]string, len(hashes))
	for i, h := range hashes {
		names[i] = string(h)
	}
	kept, err := a.Read.Photos(ctx, names)
	if err != nil {
		return nil, err
	}
	found, asked := album{}, map[village.ID]village.Village{}
	for hash, p := range kept {
		judges, err := a.mayFor(ctx, c, p, usecase.Confirm, asked)
		if err != nil {
			return nil, err
		}
		team, err := a.mayFor(ctx, c, p, usecase.SeeTeam, asked)
		if err != nil {
			return nil, err
		}
		switch {
		case p.VisibleTo(c.person(), judges):
			url, thumb := a.Photos.Show(hash)
			found[record.PhotoHash(hash)] = photoBody{Hash: hash, URL: url, Thumb: thumb}
		case len(team) > 0 && p.Check != photo.Refused:
			found[record.PhotoHash(hash)] = photoBody{Hash: hash, Checking: true}
		}
	}
	return found, nil
}

// mayFor are the villages a picture was handed in for in which the caller may do
// the deed; asked is what is known of them so far.
func (a *API) mayFor(ctx context.Context, c caller, p script.Picture, d usecase.Deed, asked map[village.ID]village.Village) (may []village.ID, err error) {
	for _, h := range p.Held {
		v, known := asked[h.Village]
		if !known {
			if v, err = a.Read.VillageOf(ctx, h.Village); err != nil {
				return nil, err
			}
			asked[h.Village] = v
		}
		if usecase.May(c.held.Staff, v, d) {
			may = append(may, h.Village)
		}
	}
	return may, nil
}

type keptBody struct {
	photoBody
	SeenBefore bool `json:"seen_before" doc:"it, or one that looks alike, is the evidence of an event already"`
}

// photos registers the upload. Its file is read as it arrives, not by the
// library, which would write it to a disk first.
func (a *API) photos() {
	const path = Prefix + "/photos"
	op := huma.Operation{
		Method: http.MethodPost, Path: path, OperationID: "post-photos", Summary: "hand in a picture", Security: []map[string][]string{{"token": {}}},
		Parameters: append([]*huma.Param{keyParameter()}, phoneParameters()...),
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{
				"file":    {Type: huma.TypeString, Format: "binary", Description: "JPEG or PNG, 10 MB at most; the last part"},
				"village": {Type: huma.TypeString, Description: "for whose records it is; the caller's first where left out"},
			},
		}}}},
		Responses: map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{"application/json": {
			Schema: huma.SchemaFromType(a.huma.OpenAPI().Components.Schemas, reflect.TypeFor[keptBody]()),
		}}}},
	}
	a.huma.OpenAPI().AddOperation(&op)
	a.routes["POST "+path] = route{write: true, upload: true}
	a.mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		body, err := a.upload(r.Context(), callerOf(r.Context()), r)
		if err != nil {
			a.problem(r.Context(), err).Write(w)
			return
		}
		web.WriteJSON(w, body)
	})
}

// mostParts is more than an upload has.
const mostParts = 8

func (a *API) upload(ctx context.Context, c caller, r *http.Request) (keptBody, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return keptBody{}, web.WrongType()
	}
	parts, chosen := multipart.NewReader(r.Body, params["boundary"]), ""
	for range mostParts {
		part, err := parts.NextPart()
		if err != nil {
			return keptBody{}, malformed(err)
		}
		switch part.FormName() {
		case "file":
			v, err := a.villageOfPhoto(ctx, c, chosen)
			if err != nil {
				return keptBody{}, err
			}
			kept, err := a.Photos.Keep(ctx, c.cmd, v, part)
			return keptBody{photoBody{Hash: kept.Hash, URL: kept.URL, Thumb: kept.Thumb}, kept.SeenBefore}, cutOff(err)
		case "village":
			text, err := io.ReadAll(io.LimitReader(part, 64))
			if err != nil {
				return keptBody{}, malformed(err)
			}
			chosen = string(text)
		}
	}
	return keptBody{}, web.Invalid()
}

// cutOff finds a body that is too large in what went wrong while it was read.
func cutOff(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return web.TooLarge()
	}
	return err
}

// malformed is what is wrong with a body that ends too early or is no form.
func malformed(err error) error {
	if err = cutOff(err); web.ProblemOf(err) != nil {
		return err
	}
	return web.Invalid()
}

// villageOfPhoto is the village for whose records a picture is: the chosen one,
// or else the first that the caller records in or lives in.
func (a *API) villageOfPhoto(ctx context.Context, c caller, chosen string) (village.ID, error) {
	if chosen != "" {
		v, err := a.villageFor(ctx, c, chosen, "")
		return v.ID, err
	}
	me, err := a.Read.Me(ctx, c.person())
	if err != nil {
		return 0, err
	}
	for _, v := range me.Villages {
		if usecase.May(c.held.Staff, v.Village, usecase.Record) {
			return v.ID, nil
		}
	}
	for _, h := range me.Homes {
		if h.Current || len(me.Homes) == 1 {
			return h.Place.Village, nil
		}
	}
	return 0, fault.Refuse(fault.Forbidden)
}

// Album shows kept pictures at the addresses that were signed for them, to whom
// the address was given. Pictures are all that it answers with.
func Album(find func(ctx context.Context, name string, query url.Values) (io.ReadCloser, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
		w.Header().Set("Cache-Control", "private, max-age=600")
		picture, err := find(r.Context(), r.PathValue("name"), r.URL.Query())
		if err != nil {
			w.Header().Set("Cache-Control", "no-store")
			p := web.ProblemOf(err)
			if p == nil {
				p = web.Busy()
			}
			p.Write(w)
			return
		}
		defer func() { _ = picture.Close() }()
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = io.Copy(w, picture) // whoever went away does not see it
	})
}
