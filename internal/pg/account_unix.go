//go:build unix

package pg

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the user that runs the server. PostgreSQL refuses to run as root.
type account struct {
	uid, gid uint32
	name     string
	switched bool // we are root, and the server runs as another user
}

// accountFor chooses the user for the cluster in data. An existing cluster keeps its owner. If root creates the
// cluster, it belongs to postgres or else to nobody.
func accountFor(data string) (account, error) {
	self := account{uid: uint32(os.Geteuid()), gid: uint32(os.Getegid()), name: strconv.Itoa(os.Geteuid())}
	owner, exists := ownerOf(filepath.Join(data, "PG_VERSION"))
	if self.uid != 0 {
		if exists && owner.uid != self.uid {
			return self, fmt.Errorf("the database in %s belongs to user %s, and this process runs as user %s: run Parley as "+
				"its owner or as root, or give --data another directory",
				data, owner.name, self.name)
		}
		return self, nil
	}
	if exists && owner.uid != 0 {
		owner.switched = true
		return owner, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
		if errUID == nil && errGID == nil && uid != 0 {
			return account{uint32(uid), uint32(gid), name, true}, nil
		}
	}
	return self, fmt.Errorf(
		"PostgreSQL does not run as root, and this system has neither a user postgres nor a user nobody: run Parley as an " +
			"ordinary user, or set DATABASE_URL",
	)
}

func ownerOf(path string) (account, bool) {
	info, err := os.Lstat(path)
	if err != nil {
		return account{}, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return account{}, false
	}
	a := account{uid: stat.Uid, gid: stat.Gid, name: strconv.Itoa(int(stat.Uid))}
	if u, err := user.LookupId(a.name); err == nil {
		a.name = u.Username
	}
	return a, true
}

// directory creates path for the account alone. A directory that exists must belong to the account, or directory gives
// it to the account.
func (a account) directory(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil && !os.IsExist(err) {
		return err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a directory", path)
	}
	owner, _ := ownerOf(path)
	if owner.uid != a.uid {
		if !a.switched || owner.uid != 0 {
			return fmt.Errorf("%s belongs to user %s, not to user %s", path, owner.name, a.name)
		}
		if err := os.Lchown(path, int(a.uid), int(a.gid)); err != nil {
			return fmt.Errorf("give %s to user %s: %w", path, a.name, err)
		}
	}
	return os.Chmod(path, 0o700)
}

// blocked returns the first directory on the way to path that the account cannot pass, or "". It ignores supplementary
// groups, because the server starts without them.
func (a account) blocked(path string) string {
	if !a.switched {
		return ""
	}
	for dir := filepath.Clean(path); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return dir
		}
		if stat, ok := info.Sys().(*syscall.Stat_t); ok {
			need := os.FileMode(0o001)
			switch {
			case stat.Uid == a.uid:
				need = 0o100
			case stat.Gid == a.gid:
				need = 0o010
			}
			if info.Mode()&need == 0 {
				return dir
			}
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// credential makes a child process run as this account.
func (a account) credential() *syscall.Credential {
	if !a.switched {
		return nil
	}
	return &syscall.Credential{Uid: a.uid, Gid: a.gid}
}
