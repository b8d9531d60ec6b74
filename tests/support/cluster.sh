#!/bin/sh
# A throwaway PostgreSQL cluster that lives as long as its standard input is open.
#
#   cluster.sh BIN DIRECTORY PORT
#
# Says "ready" on standard output. The test process holds the other end of standard input: when that process
# ends, by return, panic or kill -9, the kernel closes the pipe, `read` comes back and the cluster is removed.
# Until then the line "stop" stops the server, as an operator would, which says "stopped", and "start" starts it
# again, on the same port and over the same files.
set -eu
bin=$1 directory=$2 port=$3
server=

remove() {
    if [ -n "$server" ]; then
        kill -QUIT "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$directory"
}
trap remove EXIT
trap 'exit 1' HUP INT TERM

"$bin/initdb" --pgdata "$directory/data" --username postgres --auth trust --encoding UTF8 \
    --locale C --no-sync >"$directory/initdb.log" 2>&1 || { cat "$directory/initdb.log" >&2; exit 1; }

start() {
    # Durability is of no use to a database that nobody will open again.
    "$bin/postgres" -D "$directory/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
        -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=400 \
        -c shared_buffers=64MB -c max_wal_size=1GB -c autovacuum=off \
        </dev/null >>"$directory/server.log" 2>&1 &
    server=$!
    until "$bin/pg_isready" --quiet --host 127.0.0.1 --port "$port"; do
        kill -0 "$server" 2>/dev/null || { cat "$directory/server.log" >&2; exit 1; }
        sleep 0.05
    done
}

# Connections are cut, and what was committed is kept.
stop() {
    kill -INT "$server"
    wait "$server" || true
    server=
}

start
# No superuser, for whom row-level security does not exist: Glans gets what an operator should give it.
"$bin/createuser" --host 127.0.0.1 --port "$port" --username postgres --createdb --createrole glans_owner
echo ready
while read -r command; do
    case $command in
        stop) stop; echo stopped ;;
        start) start; echo ready ;;
    esac
done
