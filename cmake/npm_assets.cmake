# npm_assets(OUT): other people's assets that the pages need, as "path-in-the-binary file" rows.
# package-lock.json pins version and hash of exactly two packages (what they depend on is in their
# bundles, so it is left out by hand); npm checks the hashes. Without npm or network the list is
# empty, the build goes on, and the next configure run tries again.
option(BLOGD_NPM "Embed Swagger UI and Redoc, from npm" ON)

# Installs into the build folder, once for each content of package-lock.json.
function(npm_install folder)
    set(lock ${PROJECT_SOURCE_DIR}/package-lock.json)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${lock})
    file(SHA256 ${lock} wanted)
    set(stamp ${folder}/installed)
    if(EXISTS ${stamp})
        file(READ ${stamp} present)
        if(present STREQUAL wanted)
            return()
        endif()
    endif()
    find_program(NPM npm)
    if(NOT NPM)
        message(WARNING "npm is not installed: /docs and /redoc will say that they are missing")
        return()
    endif()
    file(REMOVE ${stamp})
    foreach(name package.json package-lock.json .npmrc)
        file(COPY_FILE ${PROJECT_SOURCE_DIR}/${name} ${folder}/${name})
    endforeach()
    # The packages run no script of theirs here, and a dead network costs seconds, not minutes.
    execute_process(
        COMMAND ${NPM} ci --omit=dev --ignore-scripts --no-audit --no-fund --prefer-offline
                --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-timeout=20000
        WORKING_DIRECTORY ${folder} TIMEOUT 120
        RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(result EQUAL 0)
        file(WRITE ${stamp} ${wanted})
    else()
        message(WARNING "npm could not fetch Swagger UI and Redoc (${result}): "
                        "/docs and /redoc will say that they are missing\n${said}")
    endif()
endfunction()

function(npm_assets out)
    set(${out} "" PARENT_SCOPE)
    if(NOT BLOGD_NPM)
        return()
    endif()
    set(folder ${PROJECT_BINARY_DIR}/npm)
    file(MAKE_DIRECTORY ${folder})
    npm_install(${folder})
    if(NOT EXISTS ${folder}/installed)
        return()
    endif()
    # Only what is served, and the licences that must go with it.
    set(rows "")
    foreach(name swagger-ui.css swagger-ui-bundle.js swagger-ui-bundle.js.LICENSE.txt LICENSE
                 NOTICE)
        list(APPEND rows "vendor/swagger-ui/${name} ${folder}/node_modules/swagger-ui-dist/${name}")
    endforeach()
    list(APPEND rows "vendor/redoc/LICENSE ${folder}/node_modules/redoc/LICENSE")
    foreach(name redoc.standalone.js redoc.standalone.js.LICENSE.txt)
        list(APPEND rows "vendor/redoc/${name} ${folder}/node_modules/redoc/bundles/${name}")
    endforeach()
    set(${out} "${rows}" PARENT_SCOPE)
endfunction()
