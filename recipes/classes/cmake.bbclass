# SPDX-License-Identifier: Apache-2.0
# Sources that are built by CMake.

B = "${WORKDIR}/build"
EXTRA_OECMAKE ??= ""

do_configure[cleandirs] = "${B}"
cmake_do_configure () {
    cat > ${WORKDIR}/toolchain.cmake <<EOF
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${HOST_ARCH})
set(CMAKE_C_COMPILER ${HOST_PREFIX}gcc)
set(CMAKE_C_FLAGS_INIT "${HOST_CC_ARCH} ${LIBC_SPECS} ${CFLAGS}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "${LDFLAGS}")
set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
set(CMAKE_FIND_ROOT_PATH ${STAGING_DIR_HOST})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
EOF
    cmake -S ${S} -B ${B} -DCMAKE_TOOLCHAIN_FILE=${WORKDIR}/toolchain.cmake -DCMAKE_INSTALL_PREFIX=${prefix} -DCMAKE_BUILD_TYPE=None ${EXTRA_OECMAKE}
}

cmake_do_compile () {
    cmake --build ${B} -- ${PARALLEL_MAKE}
}

cmake_do_install () {
    DESTDIR=${D} cmake --install ${B}
}

EXPORT_FUNCTIONS do_configure do_compile do_install
