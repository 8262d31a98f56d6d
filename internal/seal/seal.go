// Package seal encrypts what must not stand readable in a database: tokens that let the desk speak in public.
//
// It owns the key file of desk.key_file: 32 random bytes in hexadecimal, made at first need, readable by its owner alone. A sealed
// secret is AES-256-GCM with a random nonce in front; the name it belongs to is bound to it, so that one account's token cannot be
// put in another's place.
//
// The package promises that neither the key nor a secret is ever part of an error.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

const keySize = 32

// Box seals and opens secrets with one key. It is safe for concurrent use.
type Box struct {
	aead cipher.AEAD
	key  []byte
	file string
}

// Open reads the key file, or makes it when there is none.
func Open(file string) (*Box, error) {
	key, err := readKey(file)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeKey(file)
	}
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Box{aead, key, file}, nil
}

func readKey(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, desk.Invalidf("key file %s: others may read it; make it readable by its owner alone (chmod 600)", file)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keySize {
		return nil, desk.Invalidf("key file %s: it does not hold a key of 64 hexadecimal digits", file)
	}
	return key, nil
}

// makeKey writes a new key beside its place and links it there, so that of two processes that start at once both read the same.
func makeKey(file string) ([]byte, error) {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // documented never to fail
	tmp, err := os.CreateTemp(filepath.Dir(file), ".key-*")
	if err != nil {
		return nil, fmt.Errorf("making key file %s: %w", file, err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.WriteString(hex.EncodeToString(key) + "\n")
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return nil, fmt.Errorf("making key file %s: %w", file, err)
	}
	if err := os.Link(tmp.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("making key file %s: %w", file, err)
	}
	return readKey(file)
}

// Seal encrypts a secret that belongs to a name.
func (b *Box) Seal(name string, secret desk.Secret) []byte {
	return b.aead.Seal(nil, nil, []byte(secret.Reveal()), []byte(name))
}

// Open decrypts what [Box.Seal] made for the same name.
func (b *Box) Open(name string, sealed []byte) (desk.Secret, error) {
	plain, err := b.aead.Open(nil, nil, sealed, []byte(name))
	if err != nil {
		return "", desk.Invalidf("the stored token of %s cannot be read with the key in %s; put the right key file there, or give the token again", name, b.file)
	}
	return desk.Secret(plain), nil
}

// Derive returns a secret of its own for a name, the same after every start: what must be agreed upon with others, and must not give
// the key away.
func (b *Box) Derive(name string) desk.Secret {
	mac := hmac.New(sha256.New, b.key)
	_, _ = mac.Write([]byte("derive\x00" + name))
	return desk.Secret(hex.EncodeToString(mac.Sum(nil)))
}
