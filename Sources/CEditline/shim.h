#ifndef FERRY_CEDITLINE_SHIM_H
#define FERRY_CEDITLINE_SHIM_H

#include <histedit.h>
#include <stdio.h>

/* libedit's settings are C variadic functions, which Swift cannot call: one typed function each. */

/* On the process's own standard streams, which Swift does not let concurrent code name. */
static inline EditLine *ferry_el_start(void) {
    return el_init("ferry", stdin, stdout, stderr);
}

/* What stands between two `mark` characters is sent as it is and takes no columns. */
static inline int ferry_el_set_prompt(EditLine *editor, char *(*prompt)(EditLine *), char mark) {
    return el_set(editor, EL_PROMPT_ESC, prompt, mark);
}

static inline int ferry_el_refresh(EditLine *editor) {
    return el_set(editor, EL_REFRESH);
}

static inline int ferry_el_set_editor(EditLine *editor, const char *name) {
    return el_set(editor, EL_EDITOR, name);
}

static inline int ferry_el_set_signal(EditLine *editor, int on) {
    return el_set(editor, EL_SIGNAL, on);
}

static inline int ferry_el_set_history(EditLine *editor, History *past) {
    return el_set(editor, EL_HIST, history, past);
}

static inline int ferry_el_bind(EditLine *editor, const char *key, const char *function) {
    return el_set(editor, EL_BIND, key, function, NULL);
}

/* In vi's command mode. */
static inline int ferry_el_bind_command(EditLine *editor, const char *key, const char *function) {
    return el_set(editor, EL_BIND, "-a", key, function, NULL);
}

static inline int ferry_el_add_function(
    EditLine *editor, const char *name, const char *help, unsigned char (*function)(EditLine *, int)) {
    return el_set(editor, EL_ADDFN, name, help, function);
}

static inline int ferry_el_set_reader(EditLine *editor, el_rfunc_t reader) {
    return el_set(editor, EL_GETCFN, reader);
}

/* Raw mode from now on, not only from the first read: what is typed while the prompt is drawn must not be taken as a line. */
static inline int ferry_el_prepare_terminal(EditLine *editor, int raw) {
    return el_set(editor, EL_PREP_TERM, raw);
}

static inline int ferry_history_set_size(History *past, int size) {
    HistEvent event;
    return history(past, &event, H_SETSIZE, size);
}

static inline int ferry_history_set_unique(History *past, int on) {
    HistEvent event;
    return history(past, &event, H_SETUNIQUE, on);
}

static inline int ferry_history_enter(History *past, const char *line) {
    HistEvent event;
    return history(past, &event, H_ENTER, line);
}

static inline int ferry_history_clear(History *past) {
    HistEvent event;
    return history(past, &event, H_CLEAR);
}

#endif
