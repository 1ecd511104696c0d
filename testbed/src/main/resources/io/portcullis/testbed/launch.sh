# Runs a server that cannot outlive the JVM which started it. Arguments: the server's directory, its log, the file that
# it reads as standard input, and its command line.
#
# Standard input is a pipe that the JVM never writes to. It ends when the JVM does, however it ends (also by SIGKILL),
# or when the server itself has ended: then the watchdog ends the server and removes its directory. The server keeps
# the process id of this shell, so it is the JVM's direct child.
directory=$1 log=$2 input=$3
shift 3
server=$$
exec 3<&0
(
    # What interrupts a build is sent to the watchdog as well, which has its work to do just then.
    trap '' HUP INT TERM
    while read -r line <&3; do :; done
    kill -9 "$server"
    # A crash that was asked for: the directory is for the next start, which waits until this has been seen.
    mv -- "$directory/keep" "$directory/kept" && exit
    # The dying server may still be adding files.
    for attempt in 1 2 3 4 5; do
        rm -rf -- "$directory" && break
        sleep 1
    done
) </dev/null >/dev/null 2>&1 &
exec "$@" <"$input" >>"$log" 2>&1 3<&-
