package demonet

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// Join makes the account if there is none of its handle, and opens it with the token. An empty token asks for a random one.
// The token in use is returned.
func (n *Network) Join(a Account, token string) (Account, string, error) {
	handle := cleanHandle(a.Handle)
	if handle == "" {
		return Account{}, "", badHandle()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.join(handle, a, token)
}

// SignUp makes an account with a random token; it refuses a handle that is taken.
func (n *Network) SignUp(a Account) (Account, string, error) {
	handle := cleanHandle(a.Handle)
	if handle == "" {
		return Account{}, "", badHandle()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.accounts[handle] != nil {
		return Account{}, "", refuse(http.StatusConflict, "handle_taken", "This handle is taken.")
	}
	return n.join(handle, a, "")
}

func badHandle() error {
	return refuse(http.StatusUnprocessableEntity, "bad_handle", "A handle has 1 to 30 letters a to z, digits or underscores.")
}

func (n *Network) join(handle string, a Account, token string) (Account, string, error) {
	if n.accounts[handle] == nil {
		if err := n.addAccount(handle, a); err != nil {
			return Account{}, "", err
		}
	}
	if token == "" {
		token = rand.Text()
	}
	hash := digest(token)
	if n.tokens[hash] != handle {
		if err := n.commit(entry{Do: doToken, Handle: handle, Token: hash}); err != nil {
			return Account{}, "", err
		}
	}
	return *n.accounts[handle], token, nil
}

func (n *Network) addAccount(handle string, a Account) error {
	a.ID, a.Handle, a.JoinedAt = n.nextID(), handle, n.now().UTC()
	if a.Name = strings.TrimSpace(a.Name); a.Name == "" {
		a.Name = handle
	}
	return n.commit(entry{Do: doAccount, Account: &a})
}

// Who returns the account that a token opens; the second result is false when it opens none.
func (n *Network) Who(token string) (Account, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	handle, ok := n.tokens[digest(token)]
	if !ok {
		return Account{}, false
	}
	return *n.accounts[handle], true
}

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// account returns the account of a known handle.
func (n *Network) account(handle string) Account {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if a := n.accounts[handle]; a != nil {
		return *a
	}
	return Account{Handle: handle}
}
