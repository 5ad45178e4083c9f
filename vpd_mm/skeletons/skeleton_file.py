"""Joint sets that users describe in a few lines of JSON."""

from pathlib import Path

from vpd_mm.formats.errors import FormatError
from vpd_mm.formats.json_files import read_json

from .skeleton import Skeleton, build_skeleton

COCO17_JOINTS = (
    *('nose', 'left_eye', 'right_eye', 'left_ear', 'right_ear', 'left_shoulder', 'right_shoulder'),
    *('left_elbow', 'right_elbow', 'left_wrist', 'right_wrist', 'left_hip', 'right_hip'),
    *('left_knee', 'right_knee', 'left_ankle', 'right_ankle'),
)
_NEEDED = {'joints': dict, 'left_right': list, 'coco17': dict}
_OPTIONAL = {'torso': list, 'shoulders': list, 'neck': str, 'extremities': list, 'boneless': list}
_KINDS = {dict: 'an object', list: 'a list of texts', str: 'a text'}


def read_skeleton(path: str | Path) -> Skeleton:
    """Read a joint set from a JSON file; the file's stem is its name.

    Args:
        path: ``.json`` with an object of

            - ``joints``: every joint with its parent, ``null`` for the root, in joint order;
            - ``left_right``: what the names of left and right joints contain;
            - ``coco17``: for each COCO-17 joint a joint, or an object of joints and weights; eyes
              and ears are where the nose is unless given;
            - where the defaults do not do, the attributes ``torso``, ``shoulders``, ``neck``,
              ``extremities`` of :class:`Skeleton` and ``boneless`` of :func:`build_skeleton`. By
              default the torso is the root with COCO's shoulders and hips, and the head stands for
              the neck.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If it is not such an object, or the joints do not fit together.

    Example:
        ``acme13.json``, which ``skeleton='acme13.json'`` in a config and
        ``convert_pose3d.py acme13.json`` take in place of a name::

            {"joints": {"hips": null, "head": "hips",
                        "l_arm": "head", "l_elbow": "l_arm", "l_hand": "l_elbow",
                        "r_arm": "head", "r_elbow": "r_arm", "r_hand": "r_elbow",
                        "l_leg": "hips", "l_knee": "l_leg", "l_foot": "l_knee",
                        "r_leg": "hips", "r_knee": "r_leg", "r_foot": "r_knee"},
             "left_right": ["l_", "r_"],
             "coco17": {"nose": "head", "left_shoulder": "l_arm", "right_shoulder": "r_arm",
                        "left_elbow": "l_elbow", "right_elbow": "r_elbow",
                        "left_wrist": "l_hand", "right_wrist": "r_hand",
                        "left_hip": "l_leg", "right_hip": "r_leg", "left_knee": "l_knee",
                        "right_knee": "r_knee", "left_ankle": "l_foot", "right_ankle": "r_foot"}}
    """
    content = read_json(path)
    try:
        _check(content)
        return _build(Path(path).stem, content)
    except ValueError as error:
        raise FormatError(path, f'is not a joint set: {error}') from error


def _check(content) -> None:
    """Check what is there and of which kind, before it is used."""
    if not isinstance(content, dict):
        raise ValueError('it is not an object')
    missing = [key for key in _NEEDED if key not in content]
    unknown = sorted(set(content) - {*_NEEDED, *_OPTIONAL})
    if missing or unknown:
        raise ValueError(
            f'it lacks {", ".join(missing) or "nothing"} and has the unknown '
            f'{", ".join(unknown) or "nothing"}; it takes {", ".join({**_NEEDED, **_OPTIONAL})}'
        )
    for key, value in content.items():
        kind = {**_NEEDED, **_OPTIONAL}[key]
        texts = kind is not list or all(isinstance(item, str) for item in value)
        if not isinstance(value, kind) or not texts:
            raise ValueError(f'{key} is not {_KINDS[kind]}')
    for joint, parent in content['joints'].items():
        if len(joint.split()) != 1 or '<' in joint:
            raise ValueError(f'the joint {joint!r} has no name, or a space or < in it')
        if not isinstance(parent, (str, type(None))):
            raise ValueError(f'the parent of {joint} is neither the name of a joint nor null')
    if len(content['left_right']) != 2:
        raise ValueError('left_right is not two texts, such as ["left_", "right_"]')


def _build(name: str, content: dict) -> Skeleton:
    joints = content['joints']
    words = [f'{joint}<{parent}' if parent else joint for joint, parent in joints.items()]
    coco17 = _coco17(content['coco17'])
    facts = {
        'torso': _torso(joints, coco17),
        'shoulders': tuple(_main_joint(coco17[i]) for i in (5, 6)),
        'neck': _main_joint(coco17[0]),
        **{key: content[key] for key in _OPTIONAL if key in content},
    }
    facts = {key: v if isinstance(v, str) else tuple(v) for key, v in facts.items()}
    return build_skeleton(name, ' '.join(words), tuple(content['left_right']), coco17, **facts)


def _coco17(weights: dict) -> tuple[dict[str, float], ...]:
    given = {**dict.fromkeys(COCO17_JOINTS[:5], weights.get('nose')), **weights}
    wrong = [joint for joint in COCO17_JOINTS if not _is_weights(given.get(joint))]
    wrong += sorted(set(given) - set(COCO17_JOINTS))
    if wrong:
        raise ValueError(
            f'coco17 needs a joint, or joints and weights, for each of COCO-17; {", ".join(wrong)} '
            'is not so'
        )
    rows = (given[joint] for joint in COCO17_JOINTS)
    return tuple({row: 1.0} if isinstance(row, str) else row for row in rows)


def _is_weights(row) -> bool:
    if isinstance(row, dict):
        return bool(row) and all(isinstance(weight, (int, float)) for weight in row.values())
    return isinstance(row, str)


def _main_joint(weights: dict[str, float]) -> str:
    return max(weights, key=weights.get)


def _torso(joints: dict, coco17: tuple[dict, ...]) -> tuple[str, ...]:
    root = next((joint for joint, parent in joints.items() if not parent), None)
    corners = (_main_joint(coco17[i]) for i in (5, 6, 11, 12))
    return tuple(dict.fromkeys((root, *corners)))
