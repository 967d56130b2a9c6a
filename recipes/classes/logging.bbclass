# SPDX-License-Identifier: Apache-2.0
# What shell functions tell the build: records for the log fifo of the task, or plain lines where there is none.

LOGFIFO = "${T}/fifo.${@os.getpid()}"

hitz_log () {
    if [ -p ${LOGFIFO} ]; then
        printf "%s\0" "$*" > ${LOGFIFO}
    else
        echo "$*"
    fi
}

bbplain () {
    hitz_log bbplain "$*"
}

bbnote () {
    hitz_log bbnote "$*"
}

bbwarn () {
    hitz_log bbwarn "$*"
}

bberror () {
    hitz_log bberror "$*"
}

bbfatal () {
    hitz_log bberror "$*"
    exit 1
}

bbdebug () {
    hitz_log bbdebug "$*"
}
