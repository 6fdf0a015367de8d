import NegativeSpaceEmojiWorld
package import NegativeSpacePipelines

/// The words that the family knows, as its models declare them.
package enum FamilyVocabulary {
  /// The vocabulary: concepts by group, backgrounds, sizes, places, motions and what is said of a picture.
  package static var vocabulary: ModelVocabulary {
    func terms<Value>(_ values: [Value], _ phrases: (Value) -> [String]) -> [ModelVocabulary.Term] {
      values.map { value in
        let all = phrases(value)
        return ModelVocabulary.Term(all[0], also: Array(all.dropFirst()))
      }
    }
    let concepts = groups.map { title, terms in
      ModelVocabulary.Group(
        title, terms.map { ModelVocabulary.Term($0.name, instead: $0.instead.split(separator: ",").map(String.init)) })
    }
    return ModelVocabulary(
      groups: concepts + [
        .init("backgrounds", Background.all.map { .init("\($0.name) background") }),
        .init("sizes", terms(SceneSize.allCases, CaptionWords.phrases)),
        .init("places", terms(ScenePosition.allCases, CaptionWords.phrases)),
        .init("motions", terms(Motion.allCases, CaptionWords.phrases)),
        .init("damages", terms(DamageKind.allCases, CaptionWords.phrases)),
        .init("quality", terms(CaptionQuality.allCases, CaptionWords.phrases)),
      ],
      words: CaptionVocabulary.words(concepts: Array(Concept.all.prefix(EmojiFamily.conceptCount))) + remarks)
  }

  /// Remarks of people's prompts that are about no thing: not to be complained about.
  private static let remarks = """
    artifacts bad best worst normal quality lowres resolution masterpiece detailed detail details highly very ugly deformed \
    disfigured mutated mutation malformed anatomy proportions poorly drawn extra missing fingers hands limbs arms legs face eyes \
    body duplicate cloned fused gross morbid cropped cut frame watermark signature text logo username error noise grain \
    flickering flicker jitter shaky static boring plain simple overexposed oversaturated saturated undersaturated contrast \
    brightness monochrome greyscale grayscale grey photo photograph photorealistic realistic cartoon anime painting sketch render \
    rendering illustration digital art style film cinematic hd uhd 4k 8k 3d no not without or to in at by from for its and one my
    """.split(separator: " ").map(String.init)

  /// The concepts by what they are, each with words that people may say for it and it was not shown with.
  private static let groups: [(title: String, terms: [(name: String, instead: String)])] = [
    (
      "animals",
      [
        ("dog face", "dog,puppy,doggy,hound"), ("cat face", "cat,kitten,kitty"), ("panda", "panda bear"),
        ("tiger face", "tiger"), ("honeybee", "bee"), ("flamingo", ""), ("octopus", "squid"), ("unicorn", "pegasus"),
        ("fox", ""), ("butterfly", "moth"), ("owl", ""), ("crab", "lobster"), ("tropical fish", "fish,goldfish"),
        ("duck", ""), ("turtle", "tortoise"), ("lady beetle", "ladybug,ladybird,beetle"), ("frog", "toad"),
        ("penguin", ""), ("swan", "goose"), ("zebra", ""), ("elephant", "mammoth"), ("cow face", "cow,bull"),
        ("spouting whale", "whale"), ("hamster", "mouse,guinea pig"), ("shark", ""), ("camel", ""),
        ("ewe", "sheep,lamb"),
      ]
    ),
    (
      "food",
      [
        ("red apple", "apple"), ("banana", ""), ("pizza", ""), ("grapes", "grape"), ("watermelon", "melon"),
        ("hamburger", "burger,cheeseburger"), ("strawberry", ""), ("lemon", "lime"), ("pineapple", ""),
        ("doughnut", "donut"), ("avocado", ""), ("lollipop", "candy"), ("beer mug", "beer"), ("taco", ""),
        ("hot beverage", "coffee,tea,cup"), ("broccoli", ""),
      ]
    ),
    (
      "plants and nature",
      [
        ("sunflower", ""), ("mushroom", "toadstool"), ("rainbow", ""), ("cactus", ""), ("fire", "flame"),
        ("sun", ""), ("evergreen tree", "tree,fir,pine"), ("water wave", "wave,sea,ocean"),
        ("crescent moon", "moon"), ("cherry blossom", "blossom,flower"), ("volcano", ""), ("star", ""),
        ("ice", "ice cube"),
      ]
    ),
    (
      "vehicles",
      [
        ("rocket", "spaceship,space shuttle"), ("automobile", "car"), ("bus", ""),
        ("airplane", "plane,aeroplane,aircraft,jet"), ("sailboat", "boat,yacht"), ("helicopter", "chopper"),
        ("locomotive", "train,steam engine"), ("motor scooter", "scooter,moped,vespa"), ("tractor", ""),
      ]
    ),
    (
      "things",
      [
        ("red heart", "heart"), ("robot", "android"), ("soccer ball", "football"), ("key", ""),
        ("umbrella", "parasol"), ("ghost", "spook"), ("crown", ""), ("guitar", ""), ("snowman", ""),
        ("house", "home,building"), ("jack-o-lantern", "pumpkin"), ("balloon", ""), ("basketball", ""),
        ("musical keyboard", "piano,keyboard"), ("bucket", "pail"), ("bone", ""), ("ferris wheel", "wheel"),
        ("magnet", ""), ("tennis", "tennis ball"), ("tooth", ""), ("envelope", "letter,mail"), ("scissors", ""),
        ("camera", ""), ("socks", "sock"), ("laptop", "computer,notebook"), ("fountain", ""),
        ("high-heeled shoe", "high heel,shoe"), ("anchor", ""), ("drum", "drums"), ("alien", ""),
        ("television", "tv"), ("microscope", ""), ("gem stone", "gem,diamond,jewel"), ("gear", "cog"),
        ("books", "book"),
      ]
    ),
  ]
}
