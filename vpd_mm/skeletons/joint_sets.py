"""The joint sets that the package knows."""

from vpd_mm.formats.errors import FormatError

from .skeleton import Skeleton, build_skeleton
from .skeleton_file import read_skeleton


def _sides(*pairs: str) -> tuple[dict[str, float], ...]:
    """COCO-17 rows 5 to 16 from patterns such as ``'left_arm right_arm'``."""
    return tuple({joint: 1.0} for pair in pairs for joint in pair.split())


COCO17 = build_skeleton(
    'coco17',
    """nose left_eye<nose right_eye<nose left_ear<left_eye right_ear<right_eye
    left_shoulder<nose right_shoulder<nose left_elbow<left_shoulder right_elbow<right_shoulder
    left_wrist<left_elbow right_wrist<right_elbow left_hip<left_shoulder right_hip<right_shoulder
    left_knee<left_hip right_knee<right_hip left_ankle<left_knee right_ankle<right_knee""",
    ('left_', 'right_'),
    _sides(
        'nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow',
        'right_elbow left_wrist right_wrist left_hip right_hip left_knee right_knee',
        'left_ankle right_ankle',
    ),
)

PEOPLE3D = build_skeleton(
    'people3d',
    """hips spine<hips spine1<spine spine2<spine1 neck<spine2 head<neck head_top<head
    right_eye<head left_eye<head
    left_shoulder<neck left_arm<left_shoulder left_forearm<left_arm left_hand<left_forearm
    right_shoulder<neck right_arm<right_shoulder right_forearm<right_arm right_hand<right_forearm
    left_up_leg<hips left_leg<left_up_leg left_foot<left_leg left_toe_base<left_foot
    right_up_leg<hips right_leg<right_up_leg right_foot<right_leg right_toe_base<right_foot""",
    ('left_', 'right_'),
    (
        {'head': 1 / 3, 'right_eye': 1 / 3, 'left_eye': 1 / 3},
        *_sides(
            'left_eye right_eye left_eye right_eye left_arm right_arm left_forearm right_forearm',
            'left_hand right_hand left_up_leg right_up_leg left_leg right_leg left_foot right_foot',
        ),
    ),
    extremities=('head_top', 'right_eye', 'left_eye', 'left_toe_base', 'right_toe_base'),
    torso=('hips', 'spine', 'spine1', 'spine2', 'left_shoulder', 'right_shoulder'),
    shoulders=('left_shoulder', 'right_shoulder'),
    neck='neck',
)

HUMAN36M = build_skeleton(
    'human36m',
    """hips spine<hips neck<spine nose<neck head_top<neck
    right_up_leg<hips right_leg<right_up_leg right_foot<right_leg right_toe_base<right_foot
    left_up_leg<hips left_leg<left_up_leg left_foot<left_leg left_toe_base<left_foot
    right_arm<neck right_forearm<right_arm right_hand<right_forearm right_wrist_end<right_hand
    left_arm<neck left_forearm<left_arm left_hand<left_forearm left_wrist_end<left_hand""",
    ('left_', 'right_'),
    (
        *({'nose': 1.0},) * 5,
        *_sides(
            'left_arm right_arm left_forearm right_forearm left_hand right_hand',
            'left_up_leg right_up_leg left_leg right_leg left_foot right_foot',
        ),
    ),
    bones="""spine neck nose head_top left_arm left_forearm left_hand left_wrist_end
    right_arm right_forearm right_hand right_wrist_end left_up_leg left_leg
    left_foot left_toe_base right_up_leg right_leg right_foot right_toe_base""",
    extremities=('left_wrist_end', 'right_wrist_end', 'left_toe_base', 'right_toe_base'),
    torso=('hips', 'spine', 'neck', 'left_arm', 'right_arm'),
    shoulders=('left_arm', 'right_arm'),
    neck='neck',
    # nose, head and right arm are measured against rows of the published lifting heads
    cosine_rows=(-1, 0, 1, 2, 2, 4, 5, 6, 2, 8, 9, 10, 0, 12, 13, 14, 0, 16, 17, 18),
)

NBA2K = build_skeleton(
    'nba2k',
    """hips rhip<hips rknee<rhip rankle<rknee lhip<hips lknee<lhip lankle<lknee
    spine<hips neck<spine head<neck lshoulder<neck lelbow<lshoulder lwrist<lelbow
    rshoulder<neck relbow<rshoulder rwrist<relbow
    rtoe<rankle rheel<rankle reye<head rear<reye ltoe<lankle lheel<lankle leye<head lear<leye
    nose<head""",
    ('l', 'r'),
    _sides(
        'nose leye reye lear rear lshoulder rshoulder lelbow relbow lwrist rwrist',
        'lhip rhip lknee rknee lankle rankle',
    ),
    extremities=('rtoe', 'rheel', 'reye', 'rear', 'ltoe', 'lheel', 'leye', 'lear', 'nose'),
    torso=('hips', 'rhip', 'lhip', 'spine', 'neck', 'lshoulder', 'rshoulder'),
    shoulders=('lshoulder', 'rshoulder'),
    neck='neck',
    cosine_rows=(6, 0, 1, 6, 3, 4, -1, 6, 7, 7, 9, 10, 7, 12, 13, 2, 2, 8, 17, 5, 5, 8, 21, 8),
)

AMASS = build_skeleton(
    'amass',
    """spine1 spine2<spine1 spine3<spine2 neck<spine3 head<neck head_top<head
    l_hip<spine1 l_knee<l_hip l_ankle<l_knee l_foot<l_ankle
    r_hip<spine1 r_knee<r_hip r_ankle<r_knee r_foot<r_ankle
    l_collar<neck l_shoulder<l_collar l_elbow<l_shoulder l_wrist<l_elbow
    r_collar<neck r_shoulder<r_collar r_elbow<r_shoulder r_wrist<r_elbow""",
    ('l_', 'r_'),
    (
        *({'head': 0.5, 'head_top': 0.5},) * 5,
        *_sides(
            'l_shoulder r_shoulder l_elbow r_elbow l_wrist r_wrist',
            'l_hip r_hip l_knee r_knee l_ankle r_ankle',
        ),
    ),
    extremities=('head_top', 'l_foot', 'r_foot'),
    torso=('spine1', 'spine2', 'spine3', 'l_collar', 'l_shoulder', 'r_collar', 'r_shoulder'),
    # the published sides of this set are the opposite of the other sets'
    shoulders=('r_shoulder', 'l_shoulder'),
    neck='neck',
)

KINECT20 = build_skeleton(
    'kinect20',
    """head<shoulder_center shoulder_center<spine spine<hip_center hip_center
    left_shoulder<shoulder_center left_elbow<left_shoulder left_wrist<left_elbow
    left_hand<left_wrist
    right_shoulder<shoulder_center right_elbow<right_shoulder right_wrist<right_elbow
    right_hand<right_wrist
    left_hip<hip_center left_knee<left_hip left_ankle<left_knee left_foot<left_ankle
    right_hip<hip_center right_knee<right_hip right_ankle<right_knee right_foot<right_ankle""",
    ('left_', 'right_'),
    (
        *({'head': 1.0},) * 5,
        *_sides(
            'left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist',
            'left_hip right_hip left_knee right_knee left_ankle right_ankle',
        ),
    ),
    bones="""spine shoulder_center head left_shoulder left_elbow left_wrist left_hand
    right_shoulder right_elbow right_wrist right_hand left_hip left_knee left_ankle
    left_foot right_hip right_knee right_ankle right_foot""",
    extremities=('left_hand', 'right_hand', 'left_foot', 'right_foot'),
    torso=(
        'hip_center',
        'spine',
        'shoulder_center',
        'left_shoulder',
        'right_shoulder',
        'left_hip',
        'right_hip',
    ),
    shoulders=('left_shoulder', 'right_shoulder'),
    neck='shoulder_center',
)

BANDAI27 = build_skeleton(
    'bandai27',
    """joint_Root<Hips Hips Spine<Hips Chest<Spine Neck<Chest Head<Neck Head_end<Head
    Shoulder_L<Chest UpperArm_L<Shoulder_L LowerArm_L<UpperArm_L Hand_L<LowerArm_L
    Hand_L_end<Hand_L
    Shoulder_R<Chest UpperArm_R<Shoulder_R LowerArm_R<UpperArm_R Hand_R<LowerArm_R
    Hand_R_end<Hand_R
    UpperLeg_L<Hips LowerLeg_L<UpperLeg_L Foot_L<LowerLeg_L Toes_L<Foot_L Toes_L_end<Toes_L
    UpperLeg_R<Hips LowerLeg_R<UpperLeg_R Foot_R<LowerLeg_R Toes_R<Foot_R Toes_R_end<Toes_R""",
    ('_L', '_R'),
    (
        # `Head` is the base of the skull; the middle of the head lies further along the neck
        *({'Head': 2.5, 'Neck': -1.5},) * 5,
        *_sides(
            'UpperArm_L UpperArm_R LowerArm_L LowerArm_R Hand_L Hand_R',
            'UpperLeg_L UpperLeg_R LowerLeg_L LowerLeg_R Foot_L Foot_R',
        ),
    ),
    # the first lies on the ground, the others coincide with their parents
    boneless=('joint_Root', 'Head_end', 'Hand_L_end', 'Hand_R_end', 'Toes_L_end', 'Toes_R_end'),
    extremities=('Toes_L', 'Toes_R'),
    torso=('Hips', 'Spine', 'Chest', 'Neck', 'UpperArm_L', 'UpperArm_R'),
    shoulders=('UpperArm_L', 'UpperArm_R'),
    neck='Neck',
)


class JointSets(dict):
    """Skeletons by name; a name that ends in ``.json`` is that of a file with one.

    Example:
        >>> SKELETONS['human36m'].root
        'hips'
        >>> SKELETONS['acme13.json'].root  # see :func:`~.skeleton_file.read_skeleton`
        'hips'
    """

    def __missing__(self, name: str) -> Skeleton:
        if str(name).endswith('.json'):
            skeleton = read_skeleton(name)
            if skeleton.name in self:
                raise FormatError(name, 'has the name of a set that is built in; rename the file')
            return skeleton
        raise ValueError(
            f'skeleton {name!r} is unknown; choose one of {", ".join(self)}, or give a .json file '
            'with the joints, their parents, sides and map to COCO-17'
        )


SKELETONS: dict[str, Skeleton] = JointSets(
    (skeleton.name, skeleton)
    for skeleton in (COCO17, PEOPLE3D, HUMAN36M, NBA2K, AMASS, KINECT20, BANDAI27)
)
