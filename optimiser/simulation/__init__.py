"""What a day does: state and rules once, two engines, one simulator.

`index_instance` turns an instance into numbers by index; `scenario` draws the future as data; `state`, `rates`,
`transitions` and `dispatch` say what happens next; both engines simulate the same events; `simulator` is what the other
packages call.
"""
