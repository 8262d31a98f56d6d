// Package demonet is a small public social network, complete enough to rehearse on and honest enough to be a witness.
//
// It runs as a process of its own (`earshot demo-network`) or inside another (`make run`). People post about a company, the desk
// answers through the HTTP API as on any network, and a browser shows the conversation. In tests it is told to misbehave the way
// real networks do, and afterwards it tells what truly became public.
//
// The package owns the log file: one line per event, flushed to the disk before the event counts and before any answer leaves.
// It promises that what it accepted survives its own sudden end, that a line which was cut off by that end is dropped and nothing
// else, that no second process writes the same log, and that the same log and seed give the same faults.
//
// # Public API
//
// All bodies are JSON; times are RFC 3339; ids are decimal strings beyond 2^53 and grow with arrival. A write needs
// "Authorization: Bearer TOKEN"; a read takes it, and then shows the reader's own posts that await moderation, too. Every error is
// {"error": CODE, "message": SENTENCE}; a refusal that certainly did nothing adds "processed": false.
//
//	POST   /api/v1/accounts            {handle, name, followers} → 201 {account, token}; 409 handle_taken
//	GET    /api/v1/me                  → account of the token
//	GET    /api/v1/posts               → {posts, more, changes, now}, newest first; with min_id oldest first after that id.
//	                                   Parameters: q (several: any of "@handle", "#tag", "from:handle", "to:handle"),
//	                                   parent, author, min_id, max_id, limit (1 to 100, default 20)
//	GET    /api/v1/posts?ids=A,B       → {posts, gone}: these posts, and which of them were deleted (at most 100)
//	GET    /api/v1/posts/{id}          → post; 404 not_found; 410 gone
//	GET    /api/v1/posts/{id}/thread   → {posts}: the whole conversation, oldest first
//	GET    /api/v1/changes             → {changes, more, next, now}: edits, deletions and late appearances after number min, oldest first.
//	                                   Parameters: q, min, limit
//	POST   /api/v1/posts               {text, parent, language} → 201 post. With Idempotency-Key: the same request again within
//	                                   an hour → 200 and the first post; another request under the key → 422 key_reused.
//	                                   403 locked, 404 not_found, 410 gone (the parent) or deleted_since (the first post),
//	                                   422 empty or too_long
//	PUT    /api/v1/posts/{id}          {text} → 200 post; 403 not_yours
//	DELETE /api/v1/posts/{id}          → 204; 410 when it is gone already
//
// A post is {id, parent, thread, author{id, handle, name, followers, url}, text, language, created_at, edited_at, version, state,
// locked, likes, shares, replies, url}; state is public, pending or rejected; locked says that the thread takes no replies.
// Text is at most [TextLimit] UTF-16 units. 429 may carry Retry-After in seconds.
//
// Pages for people: / (newest), /@handle, /@handle/{id} (the thread).
//
// # Control API
//
// Served only when asked for, without any password: for loopback and tests.
//
//	GET  /control/posts      → {posts}: everything ever accepted, with state, key and times, visible or not
//	GET  /control/counters   → requests by method and status; faults by name
//	GET  /control/moods      → moods; PUT replaces them (see [Moods])
//	POST /control/accounts   {handle, name, followers, token} → account; gives an existing one a further token
//	POST /control/posts      {handle, text, parent, language, created_at} → 201 post, in anybody's name, never moderated
//	POST /control/edit       {id, text}
//	POST /control/remove     {id}
//	POST /control/lock       {id, locked}
//	POST /control/approve    {id}
//	POST /control/reject     {id}
package demonet
