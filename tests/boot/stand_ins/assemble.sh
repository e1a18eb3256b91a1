#!/bin/sh
# assemble.sh LAYERS DISK STAND_INS PACKAGES HOSTS VOLUME [IMAGE]: a machine's first moments, in namespaces of its own.
# Puts the system together, becomes its first process when a line comes on standard input. VOLUME is a loop device.
set -eu

layers=$1 disk=$2 stand_ins=$3 packages=$4 hosts=$5 volume=$6 image=${7-}
root=$disk/root
mkdir -p "$disk/upper" "$disk/work" "$root"
mount -t overlay overlay -o "lowerdir=$layers,upperdir=$disk/upper,workdir=$disk/work" "$root"

mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 run "$root/run"
mkdir -m 1777 "$root/run/lock"
mount -t tmpfs -o mode=1777 tmp "$root/tmp"
mount -t tmpfs -o mode=755 dev "$root/dev"
for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0 fuse:10:229; do
  name=${node%%:*} numbers=${node#*:}
  mknod -m 666 "$root/dev/$name" c "${numbers%:*}" "${numbers#*:}"
done
mkdir "$root/dev/pts"
mkdir -m 1777 "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
# By the first name the scripts look for it, by the second the system finds it again.
for name in xvdf "$(basename "$volume")"; do
  mknod -m 660 "$root/dev/$name" b "0x$(stat -c %t "$volume")" "0x$(stat -c %T "$volume")"
done

mkdir -p "$root/srv/packages"
mount --bind "$packages" "$root/srv/packages"
touch "$root/etc/hosts"
mount --bind "$hosts" "$root/etc/hosts"
mkdir -p "$root/usr/lib/stand-ins"
install -m 644 "$stand_ins/service.py" "$stand_ins/units.py" "$root/usr/lib/stand-ins"
install "$stand_ins/init.py" "$root/usr/sbin/init"
install "$stand_ins/init.py" "$root/usr/bin/systemctl"
if [ -n "$image" ]; then
  mkdir -p "$root/var/lib/image"
  mount --rbind "$image" "$root/var/lib/image"
fi

cd "$root"
pivot_root . mnt
umount -l /mnt
read -r _
# shellcheck disable=SC2093
exec /usr/sbin/init
