#!/bin/busybox sh
# /init of the VM: loads the drivers, mounts the host's root read-only with a memory layer above it, runs one command there.
# The command finds the project in /tmp/project (read-only) and leaves what it makes in /tmp/out. Its last words on the
# console are `GUEST-EXIT n`: 0 to 96 and 98 up are the command's, 97 means that a mount failed.
export PATH=/bin
mount -t devtmpfs dev /dev && mkdir -p /dev/pts && mount -t devpts -o ptmxmode=0666 devpts /dev/pts
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
end() {
  echo
  echo "GUEST-EXIT $1"
  poweroff -f
}
seconds() { cut -d. -f1 /proc/uptime; }
rtc() { cat /sys/class/rtc/rtc0/since_epoch; }
from=$(seconds) from_rtc=$(rtc)
for module in $(cat /modules/order); do insmod "/modules/$module" || echo "insmod $module failed"; done

root=/root
p9=trans=virtio,version=9p2000.L,msize=524288
mount -t 9p -o $p9,ro,cache=loose host /lower || end 97
mount -t tmpfs upper /upper && mkdir /upper/files /upper/work || end 97
mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work root $root || end 97
for folder in dev dev/pts proc sys run; do mount --bind /$folder $root/$folder || end 97; done
mount -t tmpfs tmp $root/tmp && mkdir $root/tmp/project $root/tmp/out || end 97
mount -t 9p -o $p9,ro,cache=loose project $root/tmp/project || end 97
mount -t 9p -o $p9,rw out $root/tmp/out || end 97
ip link set lo up

# Without it udev takes the chroot for a reason to do nothing.
export SYSTEMD_IGNORE_CHROOT=1
chroot $root /lib/systemd/systemd-udevd --daemon 2>/dev/null
chroot $root /bin/udevadm trigger --action=add
chroot $root /bin/udevadm settle -t 15

# What the kernel measured of the processor's own counter is wrong when the host was busy just then (seen: a guest whose clock ran
# four times too fast, and all deadlines with it). The clock on the board is the host's; the HPET is slow to read, and right.
ahead=$(($(seconds) - from - $(rtc) + from_rtc))
if [ $ahead -gt 2 ] || [ $ahead -lt -2 ]; then
  echo hpet >/sys/devices/system/clocksource/clocksource0/current_clocksource
  echo "the clock was wrong by $ahead s: it is read from the HPET now"
fi
echo "guest ready after $(cut -d' ' -f1 /proc/uptime) s"
chroot $root /bin/sh /tmp/out/command.sh </dev/null
code=$?
dmesg >$root/tmp/out/dmesg.txt
sync
end $code
